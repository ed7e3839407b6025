package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.process.Ports;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The HTTP contract of one instance, on real databases. */
final class InstanceIT extends InstanceTestCase {

  @ParameterizedTest
  @CsvSource({
    "q=a&limit=-1, limit",
    "q=a&limit=0, limit",
    "q=a&limit=1000, limit",
    "q=a&limit=abc, limit",
    "q=a&limit=99999999999, limit",
    "q=a&limit=1&limit=2, limit",
    "q=a&offset=-1, offset",
    "q=a&offset=1001, offset",
    "limit=1, q",
    "q=, q",
    "q=%20%20, q",
    "q=a%00b, q",
    "q=a%0Ab, q",
    "q=a&sort=sideways, sort",
    "q=a&min_price=NaN, min_price",
    "q=a&min_price=-1, min_price",
    "q=a&max_price=1e999999, max_price",
    "q=a&min_price=9&max_price=1, min_price",
    "q=a&in_stock=maybe, in_stock",
    "q=a&limt=3, limt"
  })
  void search_badParameter_isNamedInAProblem(String query, String field) throws Exception {
    assertThat(fields(problem(get("/v1/search?" + query), 400))).containsExactly(field);
  }

  @Test
  void search_tenThousandCharacters_isRefused() throws Exception {
    assertThat(fields(problem(get("/v1/search?q=" + "a".repeat(10_000)), 400)))
        .containsExactly("q");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "' OR 1=1 --",
        "& | ! ( ) <-> :*",
        "\\",
        "\"unclosed",
        "%",
        "🛒 lámpa",
        "the",
        "{}",
        "a'b\\c:*"
      })
  void search_hostileText_isJustText(String text) throws Exception {
    JsonNode answer = ok(get("/v1/search?q=" + encode(text)));
    assertThat(answer.propertyNames()).contains("query", "normalized_query", "total", "results");
    assertThat(answer.get("query").stringValue()).isEqualTo(text);
  }

  /** What is answered until the connection ends, by a client that wants it to. */
  private static String lastAnswer(String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), instance.port());
        InputStream in = socket.getInputStream()) {
      socket.setSoTimeout(30_000);
      String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void search_malformedPercentEncoding_isRefused() throws Exception {
    assertThat(lastAnswer("/v1/search?q=%zz"))
        .startsWith("HTTP/1.1 400")
        .contains("application/problem+json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/search?q=a", "/health", "/metrics", "/nothing"})
  void clientWantsNoMore_connectionIsClosed(String path) throws Exception {
    assertThat(lastAnswer(path)).startsWith("HTTP/1.1 ").contains("Connection: close");
  }

  @Test
  void search_plusSign_isABlank() throws Exception {
    assertThat(ok(get("/v1/search?q=a+b%2Bc")).get("query").stringValue()).isEqualTo("a b+c");
  }

  @Test
  void unknownPathAndMethod_areProblems() throws Exception {
    problem(get("/v1/nothing"), 404);
    problem(get("/"), 404);
    HttpResponse<String> answer = post("/v1/search?q=a", "{}");
    problem(answer, 405);
    assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD, OPTIONS");
    problem(send(request("/v1/search?q=a").method("PROPFIND", BodyPublishers.noBody())), 405);
  }

  @Test
  void head_ofWhatCanBeGot_hasTheHeadersAlone() throws Exception {
    HttpResponse<String> head =
        send(request("/v1/search?q=a").method("HEAD", BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("content-type")).contains("application/json");
    assertThat(head.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
    assertThat(head.body()).isEmpty();
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void product_putGetDelete_roundTrip() throws Exception {
    String body =
        "{\"title\":\"Lampe à"
            + " huile\",\"price\":10.5,\"currency\":\"EUR\",\"attributes\":{\"watts\":4,\"led\":true}}";
    HttpResponse<String> created = put("p/1 ü", body);
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(put("p/1 ü", body).statusCode()).isEqualTo(200);
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          JsonNode product = ok(get("/v1/products/" + encode("p/1 ü")));
          assertThat(product.get("title").stringValue()).isEqualTo("Lampe à huile");
          assertThat(product.get("price").decimalValue()).isEqualByComparingTo("10.50");
          assertThat(product.get("attributes").get("watts").intValue()).isEqualTo(4);
          assertThat(product.get("created_at").stringValue()).contains("T");
        });
    assertThat(send(admin("/v1/products/" + encode("p/1 ü")).DELETE()).statusCode()).isEqualTo(204);
    problem(send(admin("/v1/products/" + encode("p/1 ü")).DELETE()), 404);
    await().atMost(LONG).untilAsserted(() -> problem(get("/v1/products/" + encode("p/1 ü")), 404));
  }

  @Test
  void product_asGetToldIt_canBePutBack() throws Exception {
    String body =
        "{\"title\":\"Pan\",\"brand\":\"P\",\"price\":10.5,\"currency\":\"EUR\",\"attributes\":{\"w\":4.50}}";
    for (String stored : List.of(body, "{\"title\":\"Pan\"}")) {
      String told = put("back", stored).body();
      HttpResponse<String> back = put("back", told);
      assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
      ObjectNode before = (ObjectNode) JSON.readTree(told);
      ObjectNode after = (ObjectNode) JSON.readTree(back.body());
      before.remove("updated_at");
      after.remove("updated_at");
      assertThat(after).isEqualTo(before);
      HttpResponse<String> batch =
          send(admin("/v1/products/batch").POST(BodyPublishers.ofString("[" + told + "]")));
      assertThat(ok(batch).get("stored").intValue()).isEqualTo(1);
    }
    String wrong = "{\"title\":\"x\",\"created_at\":\"yesterday\",\"updated_at\":1}";
    assertThat(fields(problem(put("back", wrong), 400))).contains("created_at", "updated_at");
    assertThat(send(admin("/v1/products/back").DELETE()).statusCode()).isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"title\":\"x\",\"price\":-1,\"currency\":\"USD\"}|price",
        "{\"title\":\"x\",\"price\":\"ten\",\"currency\":\"USD\"}|price",
        "{\"title\":\"x\",\"price\":1}|currency",
        "{\"title\":\"x\",\"price\":1,\"currency\":\"usd\"}|currency",
        "{\"title\":null}|title",
        "{\"title\":\"x\",\"colour\":\"red\"}|colour",
        "{\"title\":\"x\",\"in_stock\":\"yes\"}|in_stock",
        "{\"title\":\"x\",\"attributes\":{\"a\":[1]}}|attributes.a",
        "{\"title\":\"x\",\"category\":\"A > \"}|category",
        "{\"title\":\"x\",\"product_id\":\"other\"}|product_id",
        "{\"title\":\"x\",\"title\":\"y\"}|''",
        "{|''",
        "[]|''",
        "{\"title\":\"x\"} trailing|''"
      })
  void product_badBody_isRefusedNamingTheField(String body, String field) throws Exception {
    assertThat(fields(problem(put("bad", body), 400))).contains(field);
    problem(get("/v1/products/bad"), 404);
  }

  @Test
  void product_idTooLongOrWithControlCharacters_isRefused() throws Exception {
    problem(put("x".repeat(129), "{\"title\":\"x\"}"), 400);
    problem(get("/v1/products/a%00b"), 400);
  }

  @Test
  void product_batch_keepsTheGoodAndNamesTheBad() throws Exception {
    String body =
        """
        {"product_id":"b1","title":"One"}
        not json
        {"product_id":"b2"}
        {"product_id":"b3","title":"Three"}
        """;
    JsonNode answer =
        ok(
            send(
                admin("/v1/products/batch")
                    .header("Content-Type", "application/x-ndjson")
                    .POST(BodyPublishers.ofString(body))));
    assertThat(answer.get("stored").intValue()).isEqualTo(2);
    assertThat(answer.get("rejected").valueStream().map(r -> r.get("index").intValue()))
        .containsExactly(1, 2);
  }

  @Test
  void admin_withoutOrWithAWrongToken_isRefused() throws Exception {
    HttpResponse<String> none =
        send(request("/v1/products/x").PUT(BodyPublishers.ofString("{\"title\":\"x\"}")));
    problem(none, 401);
    assertThat(none.headers().firstValue("www-authenticate")).isPresent();
    problem(
        send(
            request("/v1/products/x")
                .header("Authorization", "Bearer wrong")
                .PUT(BodyPublishers.ofString("{\"title\":\"x\"}"))),
        403);
    problem(get("/admin/v1/anything"), 401);
    problem(send(admin("/admin/v1/anything")), 404);
  }

  @Test
  void events_oneArrayAndLines_areStoredOnce() throws Exception {
    UUID id = UUID.randomUUID();
    assertThat(ok(post("/v1/events", event(id, "p"))).get("accepted").intValue()).isEqualTo(1);
    JsonNode array =
        ok(post("/v1/events", "[" + event(id, "p") + "," + event(UUID.randomUUID(), "p") + "]"));
    assertThat(array.get("accepted").intValue()).isEqualTo(1);
    assertThat(array.get("duplicates").intValue()).isEqualTo(1);
    JsonNode lines =
        ok(
            send(
                request("/v1/events")
                    .header("Content-Type", "application/x-ndjson")
                    .POST(
                        BodyPublishers.ofString(
                            event(UUID.randomUUID(), "p")
                                + "\n\n"
                                + event(UUID.randomUUID(), "p")))));
    assertThat(lines.get("accepted").intValue()).isEqualTo(2);
  }

  @Test
  void events_someBad_areNamedAndTheRestKept() throws Exception {
    String body =
        "[%s,{\"user_id\":\"u\",\"product_id\":\"p\",\"type\":\"teleport\"},{\"x\":1},7,{\"user_id\":\"u\",\"product_id\":\"p\",\"type\":\"view\",\"occurred_at\":\"2001-01-01T00:00:00Z\"}]"
            .formatted(event(UUID.randomUUID(), "p"));
    HttpResponse<String> answer = post("/v1/events", body);
    assertThat(answer.statusCode()).isEqualTo(202);
    JsonNode receipt = JSON.readTree(answer.body());
    assertThat(receipt.get("accepted").intValue()).isEqualTo(1);
    assertThat(receipt.get("rejected").valueStream().map(r -> r.get("index").intValue()))
        .containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "[{\"type\":\"teleport\"}]",
        "\"text\"",
        "{\"user_id\":1}",
        "{\"user_id\":\"u\",\"product_id\":\"a\\u0000b\",\"type\":\"view\"}"
      })
  void events_allBad_isRefused(String body) throws Exception {
    problem(post("/v1/events", body), 400);
  }

  /** PostgreSQL says so of a full disk (SQLSTATE 53100): what was sent may be sent again. */
  @Test
  void events_databasesDiskIsFull_are503AndCanBeSentAgain() throws Exception {
    UUID id = UUID.randomUUID();
    try (Connection admin = database.connectAsAdmin(0);
        Statement statement = admin.createStatement()) {
      statement.execute(
          """
          CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
          CREATE TRIGGER disk_full BEFORE INSERT ON event_ids EXECUTE FUNCTION disk_full()
          """);
      try {
        HttpResponse<String> answer = post("/v1/events", event(id, "p1"));
        problem(answer, 503);
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
      } finally {
        statement.execute("DROP TRIGGER disk_full ON event_ids; DROP FUNCTION disk_full()");
      }
    }
    assertThat(post("/v1/events", event(id, "p1")).statusCode()).isEqualTo(202);
  }

  @Test
  void events_tooManyOrTooLong_isRefused() throws Exception {
    String many = "[" + "{},".repeat(1_000) + "{}]";
    problem(post("/v1/events", many), 413);
    problem(post("/v1/events", "[" + " ".repeat(5 << 20) + "]"), 413);
  }

  @Test
  void events_bodyOfUnknownLengthTooLong_isRefused() throws Exception {
    byte[] blanks = " ".repeat(6 << 20).getBytes(StandardCharsets.US_ASCII);
    HttpRequest request =
        request("/v1/events")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(blanks)))
            .build();
    int status;
    try {
      status = http.send(request, BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      status = 413; // closed while it was still sent
    }
    assertThat(status).isEqualTo(413);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void session_afterEvents_isKnownToAdminsAlone() throws Exception {
    UUID id = UUID.randomUUID();
    ok(post("/v1/events", event(id, "seen")));
    problem(get("/v1/sessions/s-" + id), 401);
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          JsonNode session = ok(send(admin("/v1/sessions/s-" + id)));
          assertThat(session.get("entries").get(0).get("product_id").stringValue())
              .isEqualTo("seen");
        });
    problem(send(admin("/v1/sessions/unknown")), 404);
  }

  @Test
  void headers_ids_areEchoedOrMade() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/v1/nothing")
                .header("X-Request-Id", "mine-1")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
    assertThat(answer.headers().firstValue("x-request-id")).contains("mine-1");
    assertThat(answer.headers().firstValue("tideline-instance")).contains("it");
    assertThat(answer.headers().firstValue("server-timing")).isPresent();
    assertThat(JSON.readTree(answer.body()).get("trace_id").stringValue())
        .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(get("/health").headers().firstValue("x-request-id"))
        .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f]{32}"));
  }

  private void awaitHealthUp() {
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> assertThat(ok(get("/health")).get("status").stringValue()).isEqualTo("up"));
  }

  @Test
  void health_allThere_isUp() throws Exception {
    awaitHealthUp();
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void reads_goToTheReplica_writesToThePrimary() throws Exception {
    awaitHealthUp(); // a replica that is away or late leaves its reads to the primary
    long byPrimary = calls(0, "ts_rank");
    long byReplica = calls(1, "ts_rank");
    ok(get("/v1/search?q=anything"));
    assertThat(calls(1, "ts_rank")).isGreaterThan(byReplica);
    assertThat(calls(0, "ts_rank")).isEqualTo(byPrimary);
    ok(post("/v1/events", event(UUID.randomUUID(), "p")));
    assertThat(calls(0, "INSERT INTO events")).isPositive();
  }

  /** How often a server has run statements that hold a text, by its own account. */
  private static long calls(int server, String part) throws Exception {
    try (var connection = database.connectAsAdmin(server);
        var statement =
            connection.prepareStatement(
                "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE strpos(query, ?) > 0"
                    + " AND strpos(query, 'pg_stat_statements') = 0")) {
      statement.setString(1, part);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  @Test
  void metrics_afterRequests_haveTheContractsNamesAndNoUsersWords() throws Exception {
    String planted = "zqplanted";
    ok(get("/v1/search?q=" + planted));
    get("/" + planted);
    send(request("/v1/search").method("ZQPLANTED", BodyPublishers.noBody()));
    String metrics = get("/metrics").body();
    assertThat(metrics)
        .contains(
            "http_requests_total{method=\"GET\",route=\"/v1/search\",status=\"200\"}",
            "http_request_duration_seconds_bucket{",
            "http_requests_in_flight",
            "db_read_queries_total{replica=\"replica-1\"}",
            "db_write_queries_total{database=\"primary\"}",
            "db_replica_up{replica=\"replica-1\"} 1",
            "db_pool_connections{pool=\"primary\",state=\"max\"} 20",
            "db_query_duration_seconds_count{",
            "db_route_decisions_total{",
            "events_accepted_total",
            "events_rejected_total{reason=\"invalid\"}",
            "search_zero_results_total",
            "jvm_memory",
            "build_info{")
        .doesNotContainIgnoringCase(planted);
  }

  @Test
  void openApi_names_everyRoute() throws Exception {
    String document = get("/openapi.yaml").body();
    assertThat(document).startsWith("openapi: 3.1");
    assertThat(document)
        .contains(
            "/v1/search:",
            "/v1/products/{id}:",
            "/v1/products/batch:",
            "/v1/recommendations/{user_id}:",
            "/v1/trending:",
            "/v1/events:",
            "/v1/sessions/{id}:",
            "/admin/v1/replicas:",
            "/admin/v1/routing/explain:",
            "/health:",
            "/health/live:",
            "/health/ready:",
            "/metrics:");
    assertThat(get("/docs").body()).contains("/openapi.yaml");
  }

  @Test
  void docs_runTheirOwnScriptAlone_andReachTheirOwnOriginAlone() throws Exception {
    HttpResponse<String> docs = get("/docs");
    String policy = docs.headers().firstValue("content-security-policy").orElseThrow();
    assertThat(policy)
        .contains("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "*", "http");
    String script = docs.body().split("<script>|</script>", -1)[1];
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
    assertThat(policy)
        .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
    assertThat(script).contains("url.origin !== location.origin");
    assertThat(docs.body()).doesNotContain(" src=", "http://", "https://", " onclick", " style=");
  }

  @Test
  void close_whileARequestIsUnderWay_letsItEnd() throws Exception {
    int port = new Ports().free();
    Instance second = Instance.start(config(port), Clock.systemUTC());
    HttpRequest slow =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
            .POST(BodyPublishers.ofString(event(UUID.randomUUID(), "p")))
            .build();
    try (Connection locker = database.connectAsAdmin(0);
        Statement statement = locker.createStatement()) {
      locker.setAutoCommit(false);
      statement.execute("LOCK TABLE event_ids IN ACCESS EXCLUSIVE MODE");
      CompletableFuture<HttpResponse<String>> answer =
          http.sendAsync(slow, BodyHandlers.ofString());
      await().atMost(LONG).until(() -> waitsForALock(locker));
      Thread closing = Thread.ofVirtual().start(second::close);
      await().atMost(LONG).until(() -> refusesConnections(port));
      assertThat(answer).isNotDone();
      locker.commit();
      assertThat(answer.get().statusCode()).as(answer.get().body()).isEqualTo(202);
      assertThat(closing.join(LONG)).isTrue();
    }
    assertThat(Ports.isFree(port)).isTrue();
  }

  private static boolean waitsForALock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT count(*) FROM pg_locks WHERE NOT granted")) {
      rows.next();
      return rows.getInt(1) > 0;
    }
  }

  private static boolean refusesConnections(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }
}
