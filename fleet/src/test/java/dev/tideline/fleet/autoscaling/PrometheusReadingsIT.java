package dev.tideline.fleet.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.Programs;
import dev.tideline.fleet.autoscaling.InstanceReadings.Members;
import dev.tideline.fleet.autoscaling.InstanceReadings.Served;
import dev.tideline.scaling.policy.Reading;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real Prometheus; left out where it is not installed, but never in CI. */
final class PrometheusReadingsIT {

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = new Ports().free();
  private final Told first = new Told(0.5);
  private final Told second = new Told(1.5);
  private Process prometheus;

  /** An instance that uses so many cores, and answers 100 requests a second in up to 50 ms. */
  private static final class Told implements AutoCloseable {
    private final HttpServer server;
    private final long start = System.nanoTime();
    private final double cores;
    private volatile Instant since = Instant.now().minus(Duration.ofMinutes(5));

    Told(double cores) {
      this.cores = cores;
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      server.createContext(
          "/metrics",
          exchange -> {
            byte[] body = text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
    }

    private String text() {
      double seconds = (System.nanoTime() - start) / 1e9;
      return String.format(
          Locale.ROOT,
          """
          process_start_time_seconds %d
          process_cpu_seconds_total %.3f
          jvm_memory_max_bytes{area="heap"} 1000
          jvm_memory_used_bytes{area="heap"} 900
          jvm_memory_pool_collection_used_bytes{pool="old"} 250
          http_requests_total{route="/v1/search",status="200"} %.0f
          http_requests_total{route="/health",status="200"} 1e9
          http_request_duration_seconds_bucket{route="/v1/search",le="0.025"} 0
          http_request_duration_seconds_bucket{route="/v1/search",le="0.05"} %.0f
          http_request_duration_seconds_bucket{route="/v1/search",le="+Inf"} %.0f
          """,
          since.getEpochSecond(),
          cores * seconds,
          100 * seconds,
          100 * seconds,
          100 * seconds);
    }

    String address() {
      return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @BeforeEach
  void start() throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("prometheus")).as("prometheus is installed").isPresent();
    }
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 500ms, scrape_timeout: 400ms}
        scrape_configs:
          - job_name: tideline
            static_configs: [{targets: ["%s", "%s"]}]
        """
            .formatted(first.address(), second.address()));
    prometheus =
        new ProcessBuilder(
                Programs.find("prometheus").orElseThrow().toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (prometheus != null) {
      prometheus.destroy();
      prometheus.waitFor();
    }
    first.close();
    second.close();
    http.close();
  }

  private PrometheusReadings readings(int serving) {
    List<Served> pods =
        List.of(new Served("a", "", 1), new Served("b", "", 1), new Served("c", "", 1));
    return new PrometheusReadings(
        () -> new Members(pods.subList(0, serving), 3),
        new PrometheusReadings.Settings(
            URI.create("http://127.0.0.1:" + port + "/"),
            "job=\"tideline\"",
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            () -> 2),
        http);
  }

  private Reading known(int serving) {
    PrometheusReadings readings = readings(serving);
    return await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () -> readings.read(Instant.now()),
            reading -> reading.cpu().isPresent() && reading.requestRate().orElse(0) > 190);
  }

  @Test
  void read_twoInstances_isTheirMeanAndSum() {
    Reading reading = known(2);
    assertThat(reading.instances()).isEqualTo(3);
    assertThat(reading.serving()).isEqualTo(2);
    assertThat(reading.complete()).isTrue();
    assertThat(reading.cpu().getAsDouble()).isCloseTo(0.5, within(0.1));
    assertThat(reading.memory().getAsDouble()).isCloseTo(0.25, within(0.001));
    assertThat(reading.requestRate().getAsDouble()).isCloseTo(200, within(40.0));
    assertThat(reading.p95Seconds().getAsDouble()).isBetween(0.025, 0.05);
    assertThat(reading.poolWaitSeconds()).hasValue(0);
  }

  @Test
  void read_oneIsNotScraped_orHasJustCome_isSaid() {
    assertThat(known(3).complete()).isFalse(); // a third one serves, and Prometheus knows of two
    second.since = Instant.now();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          Reading reading = readings(2).read(Instant.now());
          assertThat(reading.serving()).isEqualTo(1);
          assertThat(reading.cpu().getAsDouble()).isCloseTo(0.25, within(0.1)); // the first's alone
        });
  }

  @Test
  void read_noPrometheus_knowsNothing() throws Exception {
    prometheus.destroy();
    prometheus.waitFor();
    Reading reading = readings(2).read(Instant.now());
    assertThat(reading.instances()).isEqualTo(3);
    assertThat(reading.cpu()).isEmpty();
    assertThat(reading.complete()).isFalse();
  }
}
