package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.RawHttp;
import dev.tideline.embedded.RawHttp.SlowSenders;
import dev.tideline.fleet.balancer.Balancer.Balancing;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every balancer does, whatever it is made of. */
abstract class BalancerContract {

  /** More than a balancer may have open to its instances. */
  private static final int SLOW_SENDERS = 1_200;

  private final TestBackend a = new TestBackend("a");
  private final TestBackend b = new TestBackend("b");
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Balancer balancer;

  abstract Balancer start(Balancing balancing) throws Exception;

  abstract int port();

  @BeforeEach
  void startBalancer() throws Exception {
    startWith(Balancing.DEFAULT);
  }

  private void startWith(Balancing balancing) throws Exception {
    balancer = start(balancing);
    List<ProcessHandle> before = workers();
    balancer.route(List.of(a.backend(), b.backend()));
    // until they have ended, they answer for instances that were there before: for none
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> before.stream().noneMatch(ProcessHandle::isAlive));
    await().atMost(Duration.ofSeconds(10)).until(() -> get("/").statusCode() == 200);
    a.requests.set(0);
    b.requests.set(0);
  }

  /** Those of NGINX. */
  private List<ProcessHandle> workers() {
    return switch (balancer.kind()) {
      case BUILT_IN -> List.of();
      case NGINX ->
          await()
              .atMost(Duration.ofSeconds(30))
              .until(
                  () -> ProcessHandle.of(balancer.pid()).orElseThrow().children().toList(),
                  workers -> !workers.isEmpty());
    };
  }

  @AfterEach
  void stop() {
    if (balancer != null) {
      balancer.close();
    }
    a.close();
    b.close();
    http.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  final int statusOf(String path) throws Exception {
    return get(path).statusCode();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private Map<String, Integer> ask(int times) throws Exception {
    Map<String, Integer> answers = new HashMap<>();
    for (int i = 0; i < times; i++) {
      HttpResponse<String> answer = get("/x?i=" + i);
      assertThat(answer.statusCode()).isEqualTo(200);
      answers.merge(answer.body().substring(0, 1), 1, Integer::sum);
    }
    return answers;
  }

  @Test
  void get_twoBackends_answerByTurns_evenWithinFivePercent() throws Exception {
    assertThat(ask(400).values()).allSatisfy(count -> assertThat(count).isBetween(190, 210));
  }

  @Test
  void get_clientThatOffersHttp2_isAnswered() throws Exception {
    try (HttpClient modern = HttpClient.newHttpClient()) {
      for (int i = 0; i < 4; i++) {
        HttpResponse<String> answer = modern.send(request("/").build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void get_backendClosesItsConnection_isNoReasonToCloseTheClients() throws Exception {
    a.closes = true;
    b.closes = true;
    HttpResponse<String> answer = get("/");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().allValues("connection")).doesNotContain("close");
  }

  @Test
  void get_anyBackend_learnsTheClientsAddress() throws Exception {
    assertThat(get("/").body()).contains(" 127.0.0.1 ");
  }

  @Test
  void get_backendGone_isAnsweredByTheOther() throws Exception {
    a.close();
    assertThat(ask(20)).containsOnlyKeys("b");
  }

  private static final Duration TRY_LIMIT = Duration.ofMillis(500);

  /**
   * Without the limit of a try it would take the 30 s after which a client of this test gives up.
   */
  @Test
  void get_backendHangs_isAnsweredByTheOther() throws Exception {
    balancer.close();
    startWith(new Balancing(Balancer.Algorithm.ROUND_ROBIN, false, TRY_LIMIT));
    a.hangs = true;
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> answer =
          http.send(
              request("/v1/search?i=" + i).timeout(Duration.ofSeconds(20)).build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).startsWith("b ");
    }
    assertThat(a.requests.get()).as("asked first at least once").isPositive();
  }

  /**
   * All that are left have just been too slow, which says nothing about the next request. Few
   * enough for the built-in balancer's budget of retries.
   */
  @Test
  void get_oneIsGoneAndTheOtherSlow_everyRequestIsAnswered() throws Exception {
    balancer.close();
    startWith(new Balancing(Balancer.Algorithm.LEAST_CONNECTIONS, false, TRY_LIMIT));
    b.close();
    a.delay = TRY_LIMIT.multipliedBy(2);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(http.sendAsync(request("/v1/search?i=" + i).build(), BodyHandlers.ofString()));
    }
    answers.getFirst().join();
    for (int i = 20; i < 30; i++) {
      answers.add(http.sendAsync(request("/v1/search?i=" + i).build(), BodyHandlers.ofString()));
    }
    assertThat(answers).allSatisfy(one -> assertThat(one.join().statusCode()).isEqualTo(200));
  }

  /** The limit is for reads: whether a write has been done is not known. */
  @Test
  void post_backendIsSlow_isNotSentTwice() throws Exception {
    balancer.close();
    startWith(new Balancing(Balancer.Algorithm.ROUND_ROBIN, false, TRY_LIMIT));
    a.delay = TRY_LIMIT.multipliedBy(3);
    b.delay = TRY_LIMIT.multipliedBy(3);
    HttpResponse<String> answer =
        http.send(
            request("/v1/events").POST(BodyPublishers.ofString("once")).build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(a.requests.get() + b.requests.get()).isEqualTo(1);
  }

  @Test
  void get_answerBreaksOffInTheMiddle_isNeverHalfAnAnswer() throws Exception {
    a.breaksOff = true;
    for (int i = 0; i < 10; i++) {
      try {
        HttpResponse<String> answer = get("/?i=" + i);
        assertThat(answer.body()).startsWith("b ");
      } catch (IOException e) {
        assertThat(repeatsHalfAnswers()).as("a broken answer reached the client").isFalse();
      }
    }
  }

  /**
   * Whether an answer that breaks off is fetched elsewhere; else the client sees a broken
   * connection.
   */
  abstract boolean repeatsHalfAnswers();

  @Test
  void post_reachedABackendThatBrokeOff_isNotSentTwice() throws Exception {
    a.breaksOff = true;
    b.breaksOff = true;
    try {
      http.send(
          request("/").POST(BodyPublishers.ofString("once")).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      // told as a broken connection
    }
    assertThat(a.requests.get() + b.requests.get()).isEqualTo(1);
  }

  @Test
  void post_backendRefusesConnections_isSentToTheOther() throws Exception {
    a.close();
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> answer =
          http.send(
              request("/").POST(BodyPublishers.ofString("{}")).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).startsWith("b");
    }
  }

  @Test
  void get_noBackendAnswers_isAProblemDocument() throws Exception {
    a.close();
    b.close();
    HttpResponse<String> answer = get("/");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    assertThat(answer.body()).contains("\"status\":503", "trace_id");
  }

  @Test
  void route_backendTakenOut_getsNothingMore() throws Exception {
    balancer.route(List.of(b.backend()));
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(ask(10)).containsOnlyKeys("b"));
  }

  private HttpResponse<String> getWith(String cookie) throws Exception {
    return http.send(request("/").header("Cookie", cookie).build(), BodyHandlers.ofString());
  }

  @Test
  void get_notSticky_setsNoCookie() throws Exception {
    assertThat(get("/").headers().allValues("set-cookie")).isEmpty();
  }

  @Test
  void get_sticky_staysWithOneBackend_andGoesToAnotherWhenItIsGone() throws Exception {
    balancer.close();
    startWith(new Balancing(Balancer.Algorithm.ROUND_ROBIN, true));
    HttpResponse<String> first = get("/");
    String cookie = first.headers().firstValue("set-cookie").orElseThrow().split(";", 2)[0];
    String name = first.body().substring(0, 1);
    assertThat(cookie).isEqualTo("tideline_instance=" + name);
    for (int i = 0; i < 10; i++) {
      HttpResponse<String> next = getWith(cookie);
      assertThat(next.body()).startsWith(name);
      assertThat(next.headers().allValues("set-cookie")).isEmpty();
    }
    (name.equals("a") ? a : b).close();
    String other = name.equals("a") ? "b" : "a";
    HttpResponse<String> moved = getWith(cookie);
    assertThat(moved.body()).startsWith(other);
    assertThat(moved.headers().firstValue("set-cookie").orElseThrow())
        .startsWith("tideline_instance=" + other);
    assertThat(getWith("tideline_instance=nobody").statusCode()).isEqualTo(200);
  }

  @Test
  void post_manySlowBodies_keepNobodyFromBeingAnswered_andNoInstanceHearsOfThem() throws Exception {
    String beginning = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{";
    try (SlowSenders slow = new SlowSenders(port(), SLOW_SENDERS, beginning)) {
      for (int i = 0; i < 10; i++) {
        long start = System.nanoTime();
        assertThat(RawHttp.get(port(), "/")).startsWith("HTTP/1.1 200");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      }
      assertThat(slow.sockets()).hasSize(SLOW_SENDERS);
      assertThat(a.requests.get() + b.requests.get()).isEqualTo(10);
    }
  }

  @Test
  void get_http10_isAnsweredAndClosed() throws Exception {
    try (Socket socket = RawHttp.connect(port())) {
      RawHttp.write(socket, "GET / HTTP/1.0\r\n\r\n");
      assertThat(RawHttp.answer(socket))
          .matches("(?s)HTTP/1\\.[01] 200.*")
          .doesNotContainIgnoringCase("transfer-encoding");
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST / HTTP/1.1~Host: x~Content-Length: 5000000~~                        | 413
          POST / HTTP/1.1~Host: x~Content-Length: 2~Content-Length: 3~~[]          | 400
          POST / HTTP/1.1~Host: x~Content-Length: two~~[]                          | 400
          POST / HTTP/1.1~Host: x~Transfer-Encoding: chunked~~zz~[]~0~~            | 400
          POST / HTTP/1.1~Host: x~Transfer-Encoding: gzip~~[]                      | 400 501
          GET / HTTP/1.1~~                                                         | 400
          GET / HTTP/1.1~Host: x~Host: y~~                                         | 400
          G@T / HTTP/1.1~Host: x~~                                                 | 400
          CONNECT x:1 HTTP/1.1~Host: x~~                                           | 400 405 501
          nonsense~~                                                               | 400
          GET /LONG HTTP/1.1~Host: x~~                                             | 400 414
          GET / HTTP/1.1~Host: x~X-A: LONG~~                                       | 400 431
          """)
  void request_malformedOrOverALimit_isAProblemOfTheClient(String request, String statuses)
      throws Exception {
    String text = request.replace("~", "\r\n").replace("LONG", "a".repeat(300_000));
    String answer = RawHttp.ask(port(), text);
    assertThat(answer).matches("(?s)HTTP/1\\.[01] .*");
    assertThat(statuses.split(" ")).contains(answer.substring(9, 12));
    assertThat(answer)
        .contains("application/problem+json", "\"status\":" + answer.substring(9, 12), "trace_id")
        .doesNotContainIgnoringCase("<html");
    assertThat(a.requests.get() + b.requests.get()).isZero();
  }

  @Test
  void post_inChunksWithExtensions_arrivesWhole() throws Exception {
    String head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    String chunks = "2;a=b\r\n[]\r\n1\r\n \r\n0\r\n\r\n";
    String answer = RawHttp.ask(port(), head + chunks);
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith(" 3");
  }

  @Test
  void post_expectsContinue_isToldTo() throws Exception {
    try (Socket socket = RawHttp.connect(port())) {
      RawHttp.write(
          socket,
          "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 100");
      RawHttp.write(socket, "[]");
      assertThat(RawHttp.answer(socket)).startsWith("HTTP/1.1 200").endsWith(" 2");
    }
  }
}
