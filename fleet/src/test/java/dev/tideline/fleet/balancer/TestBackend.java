package dev.tideline.fleet.balancer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A web server that answers with its name, the client's address and the length of the body, counts
 * what it gets, and can be made to break off.
 */
final class TestBackend implements AutoCloseable {

  final String name;
  final AtomicInteger requests = new AtomicInteger();
  volatile boolean breaksOff;
  volatile boolean closes;

  /** Takes requests and does not answer them, as a process does that is stopped. */
  volatile boolean hangs;

  volatile Duration delay = Duration.ZERO;

  private final HttpServer server;

  TestBackend(String name) {
    this.name = name;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    int length = exchange.getRequestBody().readAllBytes().length;
    if (hangs) {
      return; // and neither answers nor closes
    }
    LockSupport.parkNanos(delay.toNanos());
    String forwarded = exchange.getRequestHeaders().getFirst("X-Forwarded-For");
    byte[] body = (name + " " + forwarded + " " + length).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Tideline-Instance", name);
    if (closes) {
      exchange.getResponseHeaders().add("Connection", "close");
    }
    exchange.sendResponseHeaders(200, body.length);
    if (breaksOff) {
      exchange.getResponseBody().write(body, 0, 1);
      exchange.getResponseBody().flush();
      throw new IOException("broken off on purpose"); // the server cuts the connection
    }
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  Backend backend() {
    return new Backend(name, server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
