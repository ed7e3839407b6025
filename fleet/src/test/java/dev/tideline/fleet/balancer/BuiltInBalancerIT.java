package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.RawHttp;
import dev.tideline.embedded.RawHttp.SlowSenders;
import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.balancer.Balancer.Balancing;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuiltInBalancerIT extends BalancerContract {

  @TempDir Path folder;

  private final Ports ports = new Ports();
  private final int port = ports.free();
  private final int second = ports.free();

  @Override
  Balancer start(Balancing balancing) {
    return BuiltInBalancer.start(port, balancing);
  }

  @Override
  int port() {
    return port;
  }

  @Override
  boolean repeatsHalfAnswers() {
    return true;
  }

  @Test
  void start_portTaken_saysWhich() {
    assertThatThrownBy(() -> BuiltInBalancer.start(port, Balancing.DEFAULT))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(Integer.toString(port));
  }

  @Test
  void post_ofUnknownLengthThatABackendCutsOff_isTooLarge() throws Exception {
    byte[] blanks = new byte[2 * (int) RetryingProxy.BODY_BYTES_MAX];
    try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Balancer balancer = BuiltInBalancer.start(second, Balancing.DEFAULT);
        HttpClient http = HttpClient.newHttpClient()) {
      balancer.route(List.of(new Backend("cuts-off", backend.getLocalPort())));
      Thread.ofVirtual().start(() -> cutOff(backend));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + second + "/"))
              .version(HttpClient.Version.HTTP_1_1)
              .timeout(Duration.ofSeconds(30))
              .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(blanks)))
              .build();
      assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }
  }

  /** Reads as much as an instance takes, and closes. */
  private static void cutOff(ServerSocket backend) {
    try (Socket socket = backend.accept()) {
      socket.getInputStream().readNBytes((int) RetryingProxy.BODY_BYTES_MAX + 1_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void post_longerThanAnyInstanceTakes_isRefusedAtOnce() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        InputStream in = socket.getInputStream()) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
      assertThat(head).isEqualTo("HTTP/1.1 413");
    }
  }

  private static BuiltInBalancer.Operation operation(
      int connections, Optional<Path> log, PrometheusRegistry registry) {
    return new BuiltInBalancer.Operation(
        new BalancerLimits(
            Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(30), connections),
        log,
        registry);
  }

  @Test
  void slowBodiesAndHeaders_areEndedInTime_thoughBytesCome() throws Exception {
    PrometheusRegistry registry = new PrometheusRegistry();
    try (Balancer balancer =
            BuiltInBalancer.start(
                second, Balancing.DEFAULT, operation(1_000, Optional.empty(), registry));
        SlowSenders bodies =
            new SlowSenders(
                second, 50, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n{");
        SlowSenders headers = new SlowSenders(second, 50, "GET / HTTP/1.1\r\nHost: x\r\nX-A: ")) {
      assertThat(balancer.kind()).isEqualTo(Balancer.Kind.BUILT_IN);
      for (Socket socket : bodies.sockets()) {
        assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 408").contains("trace_id");
      }
      for (Socket socket : headers.sockets()) {
        assertThat(RawHttp.answer(socket)).isEmpty();
      }
      assertThat(text(registry))
          .contains("balancer_refusals_total{reason=\"slow_body\"} 50.0")
          .contains("balancer_refusals_total{reason=\"slow_headers\"} 50.0");
    }
  }

  @Test
  void moreSlowConnectionsThanMayBeOpen_makeRoomForOthers() throws Exception {
    BalancerLimits few =
        new BalancerLimits(
            Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(30), 40);
    BuiltInBalancer.Operation operation =
        new BuiltInBalancer.Operation(few, Optional.empty(), new PrometheusRegistry());
    try (TestBackend backend = new TestBackend("c");
        Balancer balancer = BuiltInBalancer.start(second, Balancing.DEFAULT, operation)) {
      balancer.route(List.of(backend.backend()));
      try (SlowSenders slow =
          new SlowSenders(
              second, 120, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n{")) {
        assertThat(slow.sockets()).hasSize(120);
        for (int i = 0; i < 10; i++) {
          assertThat(RawHttp.get(second, "/")).startsWith("HTTP/1.1 200");
        }
      }
    }
  }

  private static String text(PrometheusRegistry registry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ExpositionFormats.init().getPrometheusTextFormatWriter().write(bytes, registry.scrape());
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void eachRequest_isALineOfTheLogWithoutItsQuery_andCounted() throws Exception {
    PrometheusRegistry registry = new PrometheusRegistry();
    Path log = folder.resolve("access.log");
    try (TestBackend backend = new TestBackend("c");
        Balancer balancer =
            BuiltInBalancer.start(
                second, Balancing.DEFAULT, operation(1_000, Optional.of(log), registry))) {
      assertThat(text(registry))
          .contains("balancer_requests_total{code=\"5xx\"} 0.0")
          .contains("balancer_refusals_total{reason=\"no_instance\"} 0.0");
      Backend gone = new Backend("gone", ports.free());
      balancer.route(List.of(gone, backend.backend()));
      for (int i = 0; i < 4; i++) {
        RawHttp.ask(
            second, "GET /v1/search?q=secret HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n");
      }
      RawHttp.ask(second, "G@T / HTTP/1.1\r\nHost: x\r\n\r\n");
      balancer.route(List.of());
      RawHttp.get(second, "/v1/search?q=secret");
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.readAllLines(log).size() == 6);
      assertThat(Files.readAllLines(log))
          .anyMatch(line ->
              line.matches(
                  "- \\[20.{17}\\+00:00] \"GET /v1/search HTTP/1.1\" 200 \\d+ \\d+\\.\\d{3}"
                      + " instance=c tries=\\d id=mine"))
          .anyMatch(line -> line.contains(" 400 ") && line.contains(" instance=- tries=0 id="))
          .anyMatch(line -> line.contains("\" 503 "))
          .noneMatch(line -> line.contains("secret"));
      assertThat(text(registry))
          .contains("balancer_requests_total{code=\"2xx\"} 4.0")
          .contains("balancer_requests_total{code=\"4xx\"} 1.0")
          .contains("balancer_requests_total{code=\"5xx\"} 1.0")
          .contains("balancer_retries_total ")
          .doesNotContain("balancer_retries_total 0.0")
          .contains("balancer_ejections_total 0.0")
          .contains("balancer_refusals_total{reason=\"no_instance\"} 1.0")
          .contains("balancer_connections ");
    }
  }

  @Test
  void log_isSetAsideWhenItIsLarge_andNeverMoreThanThreeTimes() throws Exception {
    Path log = folder.resolve("large.log");
    RotatingFile file = new RotatingFile(log, 1_000);
    for (int i = 0; i < 100; i++) {
      file.append(List.of("line " + i + " " + "x".repeat(90)));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(one -> one.getFileName().toString().startsWith("large.log")))
          .hasSize(1 + RotatingFile.SET_ASIDE_MAX)
          .allSatisfy(one -> assertThat(Files.size(one)).isLessThanOrEqualTo(1_000));
    }
    assertThat(Files.readString(log)).contains("line 99 ");
  }

  @Test
  void operation_badSettings_sayWhich() {
    PrometheusRegistry registry = new PrometheusRegistry();
    assertThatThrownBy(() ->
            BuiltInBalancer.Operation.from(
                Map.of("TIDELINE_ACCESS_LOG", "maybe"), folder, registry))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("TIDELINE_ACCESS_LOG");
    assertThatThrownBy(() -> BalancerLimits.from(Map.of("TIDELINE_HTTP_BODY_TIMEOUT", "0s")))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("TIDELINE_HTTP_BODY_TIMEOUT");
    assertThat(
            BuiltInBalancer.Operation.from(Map.of("TIDELINE_ACCESS_LOG", "off"), folder, registry)
                .accessLog())
        .isEmpty();
  }
}
