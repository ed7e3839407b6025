package dev.tideline.bench.load;

import dev.tideline.service.config.InstanceConfig;
import dev.tideline.service.instance.Instance;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One instance in a JVM of its own, as {@code ./tideline serve} runs it. */
public final class InstanceProcess implements AutoCloseable {

  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final Process process;
  private final int port;
  private final Path log;

  private InstanceProcess(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /** The process's own side. */
  public static void main(String[] arguments) throws InterruptedException {
    Instance instance = Instance.start(InstanceConfig.from(System.getenv()), Clock.systemUTC());
    Runtime.getRuntime().addShutdownHook(new Thread(instance::close, "stop"));
    new CountDownLatch(1).await();
  }

  /** Runs this build from its own class path. */
  public static List<String> command(String classPath) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        classPath,
        InstanceProcess.class.getName());
  }

  static InstanceProcess start(
      int port, Map<String, String> environment, List<String> command, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(new File(log.toString()));
    return new InstanceProcess(builder.start(), port, log);
  }

  /** Waits until it may receive traffic. */
  public void awaitReady() throws InterruptedException {
    await("/health/ready");
  }

  /** Waits until a path is answered with 200. */
  public void await(String path) throws InterruptedException {
    long end = System.nanoTime() + START_MAX.toNanos();
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path)).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (System.nanoTime() < end && process.isAlive()) {
        try {
          if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException e) {
          // it does not listen yet
        }
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
    close();
    throw new IllegalStateException("the instance did not become ready; see " + log);
  }

  public long pid() {
    return process.pid();
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
