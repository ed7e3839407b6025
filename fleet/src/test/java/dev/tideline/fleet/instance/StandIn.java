package dev.tideline.fleet.instance;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A process that stands in for an instance: it answers its name, after a while. */
final class StandIn {

  private static final int ANSWER_MILLIS = 100;

  private StandIn() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && System.getenv("TIDELINE_INSTANCE_NAME").equals(arguments[0])) {
      System.exit(1); // the one that does not start
    }
    int port = Integer.parseInt(System.getenv("TIDELINE_HTTP_PORT"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    byte[] name = System.getenv("TIDELINE_INSTANCE_NAME").getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          if (!exchange.getRequestURI().getPath().startsWith("/health")) {
            try {
              TimeUnit.MILLISECONDS.sleep(ANSWER_MILLIS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          // it is started in the folder of the test, which so says how it is
          boolean unwell =
              exchange.getRequestURI().getPath().equals("/health")
                  && Files.exists(Path.of("unwell-" + System.getenv("TIDELINE_INSTANCE_NAME")));
          exchange.sendResponseHeaders(unwell ? 503 : 200, name.length);
          exchange.getResponseBody().write(name);
          exchange.close();
        });
    // it does not wait for what it has begun when it is told to stop: who stops it has to
    server.start();
  }
}
