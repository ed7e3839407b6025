package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.JsonNodeException;

/** Tokens and what operators see of the databases, through HTTP. */
final class InstanceConsistencyIT extends InstanceTestCase {

  private static String product(String title) {
    return "{\"title\":\"%s\"}".formatted(title);
  }

  private static String token(HttpResponse<String> written) {
    return written.headers().firstValue("tideline-token").orElseThrow();
  }

  private static HttpResponse<String> read(String path, String... headers) throws Exception {
    return send(request(path).headers(headers));
  }

  private static void pause() throws Exception {
    sql(1, "SELECT pg_wal_replay_pause()");
    await()
        .atMost(LONG)
        .until(() -> sql(1, "SELECT pg_get_wal_replay_pause_state()").equals("paused"));
  }

  private static String sql(int server, String sql) throws SQLException {
    try (Connection connection = database.connectAsAdmin(server);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  @Test
  void everyWrite_answersWithAToken_thatReadsHonour() throws Exception {
    put("mine", product("old title"));
    await().atMost(LONG).until(() -> get("/v1/products/mine").statusCode() == 200);
    pause();
    try {
      String token = token(put("mine", product("new title")));
      assertThat(token).hasSizeLessThanOrEqualTo(128);
      assertThat(ok(get("/v1/products/mine")).get("title").stringValue()).isEqualTo("old title");
      HttpResponse<String> fresh = read("/v1/products/mine", "Tideline-Token", token);
      assertThat(ok(fresh).get("title").stringValue()).isEqualTo("new title");
      assertThat(fresh.headers().firstValue("cache-control")).contains("private, no-store");
      assertThat(read("/v1/search?q=new+title", "Tideline-Token", token).body())
          .contains("new title");
      // Eventual says that the token does not matter; strong needs none.
      ok(read("/v1/products/mine", "Tideline-Token", token, "Tideline-Consistency", "eventual"));
      assertThat(send(admin("/v1/products/mine").header("Tideline-Consistency", "strong")).body())
          .contains("new title");
      String deleted = token(send(admin("/v1/products/mine").DELETE()));
      problem(read("/v1/products/mine", "Tideline-Token", deleted), 404);
      problem(read("/v1/products/mine", "Tideline-Token", token + "," + deleted), 404);
      String batch =
          token(
              send(
                  admin("/v1/products/batch")
                      .POST(
                          BodyPublishers.ofString(
                              "[{\"product_id\":\"mine\",\"title\":\"third\"}]"))));
      assertThat(read("/v1/products/mine", "Tideline-Token", batch).body()).contains("third");
      assertThat(token(post("/v1/events", event(UUID.randomUUID(), "mine")))).isNotEmpty();
    } finally {
      sql(1, "SELECT pg_wal_replay_resume()");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAAAAAAAAAAAAAAAAAAAAAAA", "x", "a,b,c,d,e", ","})
  void badToken_isRefusedNamingTheHeader(String token) throws Exception {
    for (String path :
        List.of("/v1/products/p", "/v1/search?q=a", "/v1/trending", "/v1/recommendations/u")) {
      assertThat(fields(problem(read(path, "Tideline-Token", token), 400)))
          .contains("Tideline-Token");
    }
  }

  @Test
  void token_tooLong_isRefused() throws Exception {
    problem(read("/v1/trending", "Tideline-Token", "x".repeat(5_000)), 400);
  }

  @Test
  void consistency_unknown_isRefused_strongIsForAdmins() throws Exception {
    assertThat(fields(problem(read("/v1/trending", "Tideline-Consistency", "loose"), 400)))
        .contains("Tideline-Consistency");
    problem(read("/v1/trending", "Tideline-Consistency", "strong"), 403);
    problem(
        read("/v1/trending", "Tideline-Consistency", "strong", "Authorization", "Bearer wrong"),
        403);
    ok(read("/v1/trending", "Tideline-Consistency", "session"));
  }

  @Test
  void replicas_areShownToAdmins() throws Exception {
    problem(get("/admin/v1/replicas"), 401);
    ok(get("/v1/trending"));
    await()
        .atMost(LONG)
        .ignoreException(JsonNodeException.class) // no lag is known before the first heartbeat
        .untilAsserted(() -> {
          JsonNode answer = ok(send(admin("/admin/v1/replicas")));
          assertThat(answer.get("primary").stringValue()).isEqualTo("primary");
          JsonNode replica = answer.get("databases").get(1);
          assertThat(replica.get("name").stringValue()).isEqualTo("replica-1");
          assertThat(replica.get("role").stringValue()).isEqualTo("replica");
          assertThat(replica.get("state").stringValue()).isEqualTo("up");
          assertThat(replica.get("lag_seconds").doubleValue()).isBetween(0.0, 60.0);
          assertThat(replica.get("share_of_reads").doubleValue()).isBetween(0.01, 1.0);
        });
    assertThat(get("/metrics").body())
        .contains(
            "db_replication_lag_seconds{replica=\"replica-1\"}",
            "db_route_decisions_total{reason=\"behind\",target=\"primary\"}",
            "db_route_decisions_total{reason=\"balanced\",target=\"replica\"}");
  }

  @Test
  void explain_tellsTargetAndReason() throws Exception {
    problem(get("/admin/v1/routing/explain?sql=SELECT+1"), 401);
    JsonNode read = explain("SELECT title FROM products");
    assertThat(read.get("target").stringValue()).isEqualTo("replica");
    assertThat(read.get("reason").stringValue()).isEqualTo("reads_only");
    JsonNode write = explain("SELECT nextval('cache_outbox_id_seq')");
    assertThat(write.get("target").stringValue()).isEqualTo("primary");
    assertThat(write.get("reason").stringValue()).isEqualTo("sequence");
    assertThat(write.get("detail").stringValue()).isEqualTo("nextval");
    problem(send(admin("/admin/v1/routing/explain")), 400);
  }

  private static JsonNode explain(String sql) throws Exception {
    return ok(send(admin("/admin/v1/routing/explain?sql=" + encode(sql))));
  }
}
