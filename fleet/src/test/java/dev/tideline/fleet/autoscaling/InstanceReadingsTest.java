package dev.tideline.fleet.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import dev.tideline.fleet.autoscaling.InstanceReadings.Members;
import dev.tideline.fleet.autoscaling.InstanceReadings.Served;
import dev.tideline.scaling.policy.Reading;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One instance that uses 0.9 of a core, and at times does not answer. */
final class InstanceReadingsTest {

  private static final Duration STEP = Duration.ofSeconds(15);
  private static final Duration STALE = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Instant start = Instant.parse("2026-11-23T10:00:00Z");
  private HttpServer server;
  private Served instance;
  private List<Served> serving;
  private volatile Instant now = start;
  private volatile int status = 200;
  private InstanceReadings readings;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          double cpu = 100 + 0.9 * Duration.between(start, now).toSeconds();
          byte[] body =
              ("process_cpu_seconds_total " + cpu + "\n").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    instance = new Served("a", "http://127.0.0.1:" + server.getAddress().getPort(), 1);
    serving = List.of(instance);
    readings =
        new InstanceReadings(
            () -> new Members(serving, 1),
            new InstanceReadings.Settings(STALE, STALE, count -> 1.0),
            http);
  }

  @AfterEach
  void stop() {
    server.stop(0);
    http.close();
  }

  private Reading next(Duration later) throws InterruptedException {
    now = now.plus(later);
    return readings.read(now);
  }

  private static void assertMeasured(Reading reading) {
    assertThat(reading.cpu().orElseThrow()).isCloseTo(0.9, within(1e-9));
    assertThat(reading.complete()).isTrue();
  }

  @Test
  void oneFailedScrape_costsOneReading() throws Exception {
    next(STEP);
    assertMeasured(next(STEP));
    status = 500;
    assertThat(next(STEP).cpu()).isEmpty();
    status = 200;
    assertMeasured(next(STEP));
  }

  /** A busy one fails its health check for a while: that makes it neither new nor cold. */
  @Test
  void unhealthyForAWhile_isMeasuredAtOnceWhenItIsBack() throws Exception {
    next(STEP);
    serving = List.of();
    assertThat(next(STEP).cpu()).isEmpty();
    serving = List.of(instance);
    assertMeasured(next(STEP));
  }

  @Test
  void gapBeyondTheLimit_beginsAnew() throws Exception {
    next(STEP);
    assertThat(next(STALE.plus(STEP)).cpu()).isEmpty();
    assertMeasured(next(STEP));
  }

  @Test
  void startedAnew_isColdAgain() throws Exception {
    next(STEP);
    serving = List.of(new Served("a", instance.url(), 2));
    next(STEP);
    assertThat(next(STEP).cpu()).as("warming up").isEmpty();
    assertThat(next(STEP).serving()).isZero();
  }

  @Test
  void addressThatIsNone_doesNotBlindTheOthers() throws Exception {
    serving = List.of(instance, new Served("b", "http://[", 1));
    next(STEP);
    Reading reading = next(STEP);
    assertThat(reading.cpu().orElseThrow()).isCloseTo(0.9, within(1e-9));
    assertThat(reading.complete()).isFalse();
  }
}
