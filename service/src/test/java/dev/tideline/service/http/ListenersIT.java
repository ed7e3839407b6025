package dev.tideline.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.RawHttp;
import dev.tideline.embedded.RawHttp.SlowSenders;
import dev.tideline.embedded.process.Ports;
import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.config.EdgeConfig;
import dev.tideline.service.config.HttpLimits;
import dev.tideline.service.health.Readiness;
import dev.tideline.service.metrics.InstanceMetrics;
import io.helidon.http.Method;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import java.io.IOException;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a port bears of clients: real sockets, and answers that need no database. */
final class ListenersIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration GENEROUS = Duration.ofSeconds(10);
  private static final String SLOW_POST =
      "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{";

  private final InstanceMetrics metrics = new InstanceMetrics("test");
  private final CountDownLatch held = new CountDownLatch(1);
  private final AtomicInteger holding = new AtomicInteger();
  private final int port = new Ports().free();
  private @Nullable Listeners listeners;

  @AfterEach
  void stop() {
    held.countDown();
    if (listeners != null) {
      listeners.close();
    }
  }

  private void open(HttpLimits limits, OptionalInt managementPort) {
    List<Route> routes =
        List.of(
            Route.get("/v1/search", call -> Answer.ok(List.of())),
            Route.get("/v1/hold", call -> hold()),
            Route.post("/v1/events", call -> echo(call)),
            Route.admin(Method.GET, "/admin/v1/jobs", call -> Answer.ok(List.of())),
            Route.get("/health", call -> Answer.ok(List.of())),
            Route.get("/health/live", call -> Answer.ok(List.of())),
            Route.get("/metrics", call -> Answer.ok(List.of())));
    listeners =
        Listeners.open(
            new Listeners.Ports("127.0.0.1", port, managementPort),
            limits,
            routes,
            (table, requestsMax, connections) ->
                new Gateway(
                    table,
                    requestsMax,
                    connections,
                    new AdminGate(Optional.of("secret-of-the-test")),
                    new Cors(List.of()),
                    new EdgePolicy(EdgeConfig.DEFAULT, () -> Duration.ZERO),
                    TokenKeys.of(List.of("0123456789abcdef"), Clock.systemUTC()),
                    "it",
                    new Readiness(),
                    metrics.http()),
            metrics.http());
  }

  private void open() {
    open(HttpLimits.DEFAULT, OptionalInt.empty());
  }

  private void open(Duration bodyTimeout, int connections, int requests) {
    open(
        new HttpLimits(Duration.ofSeconds(1), bodyTimeout, connections, requests),
        OptionalInt.empty());
  }

  private Answer hold() {
    holding.incrementAndGet();
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Answer.noContent();
  }

  private static Answer echo(Call call) {
    byte[] bytes = new byte[call.body().remaining()];
    call.body().duplicate().get(bytes);
    return Answer.of(202, "text/plain", bytes);
  }

  private double refusals(String reason) {
    return metrics.registry().scrape(name -> name.equals("http_refusals")).stream()
        .flatMap(metric -> metric.getDataPoints().stream())
        .filter(point -> reason.equals(point.getLabels().get("reason")))
        .mapToDouble(point -> ((CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private static void isAnsweredSoon(int port, String path, int status) throws IOException {
    long start = System.nanoTime();
    assertThat(RawHttp.get(port, path)).startsWith("HTTP/1.1 " + status);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GENEROUS);
  }

  private static void isProblem(String answer, int... statuses) {
    assertThat(answer).contains("application/problem+json", "trace_id", "about:blank");
    assertThat(statuses).contains(Integer.parseInt(answer.substring(9, 12)));
  }

  @Test
  void slowBodies_moreThanRequestsMayBeUnderWay_othersAreAnswered_andTheSlowAreEnded()
      throws Exception {
    open(Duration.ofSeconds(5), 4_000, 100);
    try (SlowSenders slow = new SlowSenders(port, 600, SLOW_POST)) {
      for (int i = 0; i < 5; i++) {
        isAnsweredSoon(port, "/v1/search?q=a", 200);
        isAnsweredSoon(port, "/health", 200);
      }
      Socket one = slow.sockets().getFirst();
      isProblem(RawHttp.answer(one), 408);
      await().atMost(LONG).until(() -> refusals("slow_body") >= 600);
    }
  }

  @Test
  void slowHeaders_areEndedWithinTheirLimit_thoughBytesCome() throws Exception {
    open(Duration.ofSeconds(30), 4_000, 100);
    try (SlowSenders slow =
        new SlowSenders(port, 20, "GET /v1/search?q=a HTTP/1.1\r\nHost: x\r\nX-Slow: ")) {
      isProblem(RawHttp.answer(slow.sockets().getFirst()), 408);
      await().atMost(LONG).until(() -> refusals("slow_headers") >= 20);
    }
  }

  @Test
  void connectionThatSaysNothing_isClosed() throws Exception {
    open(Duration.ofSeconds(30), 4_000, 100);
    try (Socket silent = RawHttp.connect(port)) {
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void moreSlowConnectionsThanMayBeOpen_makeRoomForOthers() throws Exception {
    open(Duration.ofSeconds(30), 50, 100);
    try (SlowSenders slow = new SlowSenders(port, 150, SLOW_POST)) {
      for (int i = 0; i < 5; i++) {
        isAnsweredSoon(port, "/v1/search?q=a", 200);
      }
      assertThat(refusals("connections")).isGreaterThanOrEqualTo(100);
      assertThat(slow.sockets()).hasSize(150);
    }
  }

  @Test
  void moreRequestsThanConnections_theLastAreRefusedWithAReason() throws Exception {
    open(Duration.ofSeconds(30), 10, 100);
    List<Socket> holders = hold(10);
    try (Socket another = RawHttp.connect(port)) {
      String answer = RawHttp.answer(another);
      isProblem(answer, 503);
      assertThat(answer).contains("Retry-After");
    } finally {
      close(holders);
    }
  }

  private List<Socket> hold(int requests) throws IOException {
    List<Socket> holders = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      Socket socket = RawHttp.connect(port);
      holders.add(socket);
      RawHttp.write(socket, "GET /v1/hold HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    await().atMost(LONG).until(() -> holding.get() == requests);
    return holders;
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void allPlacesTaken_searchesAreRefused_probesAndScrapesAreNot() throws Exception {
    open(Duration.ofSeconds(30), 4_000, 2_000);
    List<Socket> holders = hold(2_000);
    try {
      String refused = RawHttp.get(port, "/v1/search?q=a");
      isProblem(refused, 503);
      assertThat(refused).contains("Retry-After");
      for (String path : List.of("/health/live", "/health", "/metrics")) {
        isAnsweredSoon(port, path, 200);
      }
    } finally {
      close(holders);
    }
  }

  @Test
  void managementPort_hasMetricsAndAdminCalls_whichThePublicPortHasNot() throws Exception {
    int management = new Ports().free();
    open(HttpLimits.DEFAULT, OptionalInt.of(management));
    for (String path : List.of("/metrics", "/health", "/health/live")) {
      isAnsweredSoon(management, path, 200);
    }
    isProblem(RawHttp.get(management, "/admin/v1/jobs"), 401);
    isProblem(RawHttp.get(management, "/v1/search?q=a"), 404);
    isAnsweredSoon(port, "/v1/search?q=a", 200);
    isAnsweredSoon(port, "/health", 200);
    isProblem(RawHttp.get(port, "/metrics"), 404);
    isProblem(RawHttp.get(port, "/admin/v1/jobs"), 404);
  }

  @Test
  void largeBodiesTogether_moreThanMemoryIsGivenTo_areRefused() throws Exception {
    open(Duration.ofSeconds(60), 4_000, 100);
    String head =
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: " + (4 << 20) + "\r\n\r\n";
    String almost = head + " ".repeat((4 << 20) - 1);
    List<Socket> senders = new ArrayList<>();
    try {
      for (int i = 0; i < 17; i++) {
        Socket socket = RawHttp.connect(port);
        senders.add(socket);
        RawHttp.write(socket, almost);
      }
      await().atMost(LONG).until(() -> refusals("bytes") >= 1);
      isAnsweredSoon(port, "/v1/search?q=a", 200);
      assertThat(post("[]")).startsWith("HTTP/1.1 202");
    } finally {
      close(senders);
    }
  }

  private String post(String body) throws IOException {
    return RawHttp.ask(
        port,
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(body.length(), body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/search?q=a HTTP/1.0\r\n\r\n",
        "GET /v1/search?q=a HTTP/1.0\r\nHost: shop\r\nConnection: close\r\n\r\n",
        "GET /v1/search?q=a HTTP/1.0\r\nHost: shop\r\nConnection: keep-alive\r\n\r\n"
      })
  void http10_isAnsweredAndClosed_andNotInChunks(String request) throws Exception {
    open();
    try (Socket socket = RawHttp.connect(port)) {
      RawHttp.write(socket, request);
      assertThat(RawHttp.answer(socket))
          .startsWith("HTTP/1.1 200")
          .contains("Connection: close")
          .doesNotContainIgnoringCase("transfer-encoding");
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void http10_withABodyAndByteByByte_isAnswered() throws Exception {
    open();
    try (Socket socket = RawHttp.connect(port)) {
      socket.setTcpNoDelay(true);
      for (char c : "POST /v1/events HTTP/1.0\r\nContent-Length: 4\r\n\r\nabcd".toCharArray()) {
        RawHttp.write(socket, String.valueOf(c));
      }
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 202").endsWith("\r\n\r\nabcd");
    }
  }

  private static final String CHUNKED =
      "POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          zz\\r\\n[]\\r\\n0\\r\\n\\r\\n                       | 400
          -1\\r\\n[]\\r\\n0\\r\\n\\r\\n                       | 400
          2;a=b\\r\\n[]\\r\\n0\\r\\n\\r\\n                    | 400
          2\\r\\n[]\\r\\n0\\r\\nX-Trailer: a\\r\\n\\r\\n      | 400
          ffffffffffffffff\\r\\n[]\\r\\n0\\r\\n\\r\\n         | 400
          2\\n[]\\r\\n0\\r\\n\\r\\n                           | 400
          500000\\r\\n[]                                      | 413
          2\\r\\n[]\\r\\n0\\r\\n\\r\\n                        | 202
          """)
  void chunks_badOrTooLong_areProblemsOfTheClient(String body, int status) throws Exception {
    open();
    String answer = RawHttp.ask(port, CHUNKED + body.replace("\\r", "\r").replace("\\n", "\n"));
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    if (status != 202) {
      isProblem(answer, status);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FOO /v1/search?q=a, 405",
    "TRACE /v1/search?q=a, 405",
    "PROPFIND /v1/search, 405",
    "get /v1/search?q=a, 501",
    "CONNECT shop.example:443, 501",
    "G@T /v1/search?q=a, 400",
    "GET /v1/search?q=%zz, 400",
    "GET v1/search, 400",
    "POST /v1/search, 405",
    "FOO /v1/nothing, 404"
  })
  void methodsAndTargets_oddOnes_areProblemsOfTheClient(String request, int status)
      throws Exception {
    open();
    isProblem(
        RawHttp.ask(port, request + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
        "Host: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n[]",
        "Host: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
        "Host: x\r\nTransfer-Encoding: gzip\r\n\r\n[]",
        "Host: x\r\nTransfer-Encoding : chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
        "Host: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
        "Host: x\r\nContent-Length: -1\r\n\r\n",
        "Host: x\r\nContent-Length: 0x2\r\n\r\n[]",
        "Host: x\r\nContent-Length: +2\r\n\r\n[]",
        "Host: x\r\nContent-Length: 99999999999999999999\r\n\r\n[]",
        "Content-Length: 2\r\n\r\n[]",
        "Host: x\r\nHost: y\r\nContent-Length: 2\r\n\r\n[]",
        "Host: x\r\nno colon\r\nContent-Length: 2\r\n\r\n[]",
        "Host: x\nContent-Length: 2\r\n\r\n[]",
        "Host: x\r\n X-Folded: a\r\nContent-Length: 2\r\n\r\n[]"
      })
  void framing_thatTwoServersMightReadDifferently_isRefusedAndClosed(String headers)
      throws Exception {
    open();
    try (Socket socket = RawHttp.connect(port)) {
      RawHttp.write(socket, "POST /v1/events HTTP/1.1\r\n" + headers);
      isProblem(RawHttp.answer(socket), 400, 413, 501);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void absoluteTarget_isAnsweredAsItsPath() throws Exception {
    open();
    assertThat(RawHttp.get(port, "http://shop.example/v1/search?q=a")).startsWith("HTTP/1.1 200");
  }

  @Test
  void headersTooLongOrTooMany_areRefused() throws Exception {
    open();
    isProblem(
        RawHttp.ask(
            port, "GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + "a".repeat(200_000) + "\r\n\r\n"),
        400,
        431);
    isProblem(
        RawHttp.ask(
            port, "GET /health HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(20_000) + "\r\n"),
        400,
        431);
    isProblem(
        RawHttp.ask(port, "GET /health?" + "a".repeat(200_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
        400,
        414);
    assertThat(RawHttp.get(port, "/health")).startsWith("HTTP/1.1 200");
  }

  @Test
  void expectContinue_isTold_unlessTheRequestIsRefused() throws Exception {
    open();
    String expecting = " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    try (Socket socket = RawHttp.connect(port)) {
      RawHttp.write(socket, "POST /v1/events" + expecting);
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 100");
      RawHttp.write(socket, "[]");
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 202");
    }
    try (Socket socket = RawHttp.connect(port)) {
      RawHttp.write(socket, "POST /v1/search" + expecting);
      isProblem(RawHttp.answer(socket), 405);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void pipelined_areAnsweredInTurn_alsoAfterABodyThatNobodyWanted() throws Exception {
    open();
    try (Socket socket = RawHttp.connect(port)) {
      RawHttp.write(
          socket,
          "GET /v1/search?q=a HTTP/1.1\r\nHost: x\r\n\r\n"
              + "POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]"
              + "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
              + "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 200");
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 405");
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 202").endsWith("ab");
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void clientThatGoesInTheMiddleOfItsBody_isNoErrorOfOurs() throws Exception {
    open();
    try (Socket socket = RawHttp.connect(port)) {
      RawHttp.write(socket, SLOW_POST);
      socket.shutdownOutput();
      assertThat(RawHttp.answer(socket)).isEmpty();
    }
    assertThat(RawHttp.get(port, "/health")).startsWith("HTTP/1.1 200");
  }

  @Test
  void options_anyKnownPath_tellsWhatItTakes() throws Exception {
    open();
    for (String path : List.of("/v1/search", "/v1/events", "/health", "/metrics")) {
      assertThat(
              RawHttp.ask(
                  port, "OPTIONS " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 204")
          .contains("Allow: ");
    }
  }
}
