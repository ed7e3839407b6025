package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What an instance caches, what it tells caches before it, and what it tells of its caches. */
final class InstanceCacheIT extends InstanceTestCase {

  @BeforeAll
  static void fill() throws Exception {
    for (int i = 0; i < 30; i++) {
      put("pot-" + i, pot("Copper pot " + i, i));
    }
    await().atMost(LONG).until(() -> ok(get("/v1/search?q=pot")).get("total").intValue() == 30);
  }

  private static String pot(String title, int price) {
    return """
    {"title": "%s", "brand": "Potter", "category": "Kitchen > Pots", "price": %d.5, "currency": "USD"}
    """
        .formatted(title, price);
  }

  private static String status(HttpResponse<String> answer) {
    return answer.headers().firstValue("cache-status").orElse("");
  }

  private static String token(HttpResponse<String> answer) {
    return answer.headers().firstValue("tideline-token").orElseThrow();
  }

  /** Reads a counter; 0 if it is not there. */
  private static double metric(String prefix) throws Exception {
    Matcher line =
        Pattern.compile("(?m)^" + Pattern.quote(prefix) + "\\S* (\\S+)$")
            .matcher(get("/metrics").body());
    double sum = 0;
    while (line.find()) {
      sum += Double.parseDouble(line.group(1));
    }
    return sum;
  }

  private static double reads() throws Exception {
    return metric("db_read_queries_total{");
  }

  @Test
  void secondSearch_isAHit_andReadsNothing() throws Exception {
    ok(get("/v1/search?q=copper&limit=3"));
    HttpResponse<String> second = get("/v1/search?q=Copper%20&limit=3&offset=0");
    assertThat(status(second)).startsWith("local; hit; ttl=").contains("key=\"search:");
    assertThat(status(get("/v1/search?q=copper&limit=3"))).startsWith("local; hit");
    assertThat(ok(second).get("total").intValue()).isEqualTo(30);
  }

  @Test
  void valueWithAComma_isNotTwoValues_forAnyFilterOrCache() throws Exception {
    String product =
        """
        {"title": "Zqcomma", "brand": "%s", "category": "%s", "attributes": {"size": "%s"}}
        """;
    put("comma-1", product.formatted("A", "A", "A"));
    put("comma-2", product.formatted("B", "B", "B"));
    await().atMost(LONG).until(() -> total("/v1/search?q=zqcomma") == 2);
    for (String more : List.of("", "&facets=brand", "&sort=newest", "&prefix=true")) {
      for (String filter : List.of("brand", "category", "attributes.size")) {
        String search = "/v1/search?q=zqcomma" + more + "&" + filter + "=";
        assertThat(total(search + "A%2C%20B")).as(search).isZero();
        assertThat(total(search + "A&" + filter + "=B")).as(search).isEqualTo(2);
        HttpResponse<String> reversed = get(search + "B&" + filter + "=A&" + filter + "=A");
        assertThat(ok(reversed).get("total").intValue()).isEqualTo(2);
        assertThat(status(reversed)).as(search).startsWith("local; hit");
      }
    }
  }

  private static int total(String path) throws Exception {
    return ok(get(path)).get("total").intValue();
  }

  @Test
  void write_isSeenByTokenAtOnce_andByAllSoon() throws Exception {
    ok(get("/v1/search?q=zqteapot"));
    HttpResponse<String> stored = put("teapot", pot("Zqteapot old", 1));
    assertThat(
            ok(send(request("/v1/search?q=zqteapot").header("Tideline-Token", token(stored))))
                .get("total")
                .intValue())
        .isEqualTo(1);
    await().atMost(LONG).until(() -> get("/v1/search?q=zqteapot").body().contains("Zqteapot old"));
    await().atMost(LONG).until(() -> status(get("/v1/search?q=zqteapot")).startsWith("local; hit"));
    put("teapot", pot("Zqteapot new", 2));
    await().atMost(LONG).until(() -> get("/v1/search?q=zqteapot").body().contains("Zqteapot new"));
    send(admin("/v1/products/teapot").DELETE());
    await().atMost(LONG).until(() -> ok(get("/v1/search?q=zqteapot")).get("total").intValue() == 0);
    await().atMost(LONG).until(() -> get("/v1/products/teapot").statusCode() == 404);
  }

  /** The client gave no cause for it, and may ask again. */
  @Test
  void search_databaseTakesTooLong_isRefusedForNow() throws Exception {
    try (Connection locker = database.connectAsAdmin(0);
        Statement statement = locker.createStatement()) {
      locker.setAutoCommit(false);
      statement.execute("LOCK TABLE products IN ACCESS EXCLUSIVE MODE");
      HttpResponse<String> refused =
          send(admin("/v1/search?q=unheard").header("Tideline-Consistency", "strong"));
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).contains("1");
      locker.rollback();
    }
    await().atMost(LONG).until(() -> get("/v1/search?q=unheard").statusCode() == 200);
  }

  @Test
  void tokenSearch_isPrivate_andPersonalAnswersToo() throws Exception {
    String token = token(put("pot-1", pot("Copper pot 1", 1)));
    for (HttpResponse<String> own :
        List.of(
            send(request("/v1/search?q=pot").header("Tideline-Token", token)),
            get("/v1/search?q=pot&user_id=u"),
            get("/v1/search?q=pot&session_id=s"),
            get("/v1/recommendations/u"))) {
      assertThat(own.headers().firstValue("cache-control")).contains("private, no-store");
      assertThat(own.headers().firstValue("cdn-cache-control")).isEmpty();
      assertThat(own.headers().firstValue("surrogate-key")).isEmpty();
      assertThat(own.headers().firstValue("etag")).isEmpty();
    }
  }

  @Test
  void publicAnswer_tellsTheEdgeHowLongAndUnderWhichKeys() throws Exception {
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          HttpResponse<String> answer = get("/v1/search?q=pot&limit=2");
          assertThat(answer.headers().firstValue("cache-control").orElse(""))
              .isEqualTo(
                  "public, max-age=0, s-maxage=60, stale-while-revalidate=30, stale-if-error=600");
          assertThat(answer.headers().firstValue("cdn-cache-control").orElse(""))
              .isEqualTo("max-age=60, stale-while-revalidate=30, stale-if-error=600");
          assertThat(answer.headers().firstValue("surrogate-key").orElse("").split(" ", -1))
              .contains("catalog", "word:pot", "ranking");
          assertThat(answer.headers().firstValue("vary").orElse("")).contains("Tideline-Token");
        });
    assertThat(get("/v1/products/pot-2").headers().firstValue("surrogate-key").orElse(""))
        .contains("product:pot-2");
    assertThat(get("/v1/products/none").headers().firstValue("cache-control")).contains("no-store");
  }

  @Test
  void etag_isHonouredWith304_untilTheAnswerChanges() throws Exception {
    String path = "/v1/products/pot-3";
    String tag = get(path).headers().firstValue("etag").orElseThrow();
    HttpResponse<String> again = send(request(path).header("If-None-Match", "\"other\", W/" + tag));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.headers().firstValue("etag")).contains(tag);
    put("pot-3", pot("Copper pot three", 3));
    await()
        .atMost(LONG)
        .until(() -> send(request(path).header("If-None-Match", tag)).statusCode() == 200);
  }

  @Test
  void facets_popularProductsAndWeights_comeFromTheQueryCache_untilTheirTablesAreWritten()
      throws Exception {
    String facets = "/v1/search?q=pot&facets=brand,in_stock";
    ok(get(facets));
    await().atMost(LONG).until(() -> status(get(facets)).contains("query; hit"));
    await().atMost(LONG).until(() -> status(get("/v1/trending?limit=5")).contains("query; hit"));
    double before = reads();
    for (int i = 0; i < 50; i++) {
      ok(get(facets));
      ok(get("/v1/trending?limit=5"));
      ok(send(admin("/admin/v1/ranking")));
    }
    // others poll beside: the vocabulary's version, every other second
    assertThat(reads() - before).as("reads saved: 150 of which none was made").isLessThan(20);

    String token = token(put("pot-4", pot("Copper pot four", 4).replace("Potter", "Zqbrand")));
    assertThat(
            send(request("/v1/search?q=pot&facets=brand").header("Tideline-Token", token)).body())
        .contains("Zqbrand");
    await()
        .atMost(LONG)
        .until(() -> get("/v1/search?q=pot&facets=brand").body().contains("Zqbrand"));
    HttpResponse<String> weighed =
        send(
            admin("/admin/v1/ranking")
                .PUT(BodyPublishers.ofString("{\"weights\": {\"text\": 1, \"in_stock\": 0.5}}")));
    assertThat(send(admin("/admin/v1/ranking").header("Tideline-Token", token(weighed))).body())
        .contains("\"in_stock\":0.5");
    send(admin("/admin/v1/ranking").DELETE());
  }

  @Test
  void explain_tellsKeyTagsAndWhy_withoutLoading() throws Exception {
    problemsOfExplain();
    String path = "/admin/v1/cache/explain?url=" + encode("/v1/search?q=pot+copper&limit=4");
    JsonNode missing = ok(send(admin(path)));
    if (!missing.get("cached").booleanValue()) {
      assertThat(missing.get("why").stringValue()).contains("is not cached");
    }
    ok(get("/v1/search?q=pot+copper&limit=4"));
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          JsonNode explained = ok(send(admin(path)));
          assertThat(explained.get("cached").booleanValue()).as(explained.toString()).isTrue();
          JsonNode search =
              explained
                  .get("parts")
                  .valueStream()
                  .filter(part -> part.get("cache").stringValue().equals("search"))
                  .findFirst()
                  .orElseThrow();
          assertThat(search.get("local").stringValue()).isEqualTo("hit");
          assertThat(search.get("tags").toString()).contains("catalog", "word:");
          assertThat(search.get("position").longValue()).isPositive();
        });
    String token = token(put("pot-5", pot("Copper pot five", 5)));
    JsonNode behind = ok(send(admin(path).header("Tideline-Token", token)));
    assertThat(behind.get("cached").booleanValue()).isFalse();
  }

  private static void problemsOfExplain() throws Exception {
    problem(get("/admin/v1/cache/explain?url=/v1/trending"), 401);
    assertThat(fields(problem(send(admin("/admin/v1/cache/explain")), 400))).contains("url");
    assertThat(fields(problem(send(admin("/admin/v1/cache/explain?url=/admin/v1/jobs")), 400)))
        .contains("url");
    assertThat(
            fields(
                problem(send(admin("/admin/v1/cache/explain?url=" + encode("http://a b"))), 400)))
        .contains("url");
  }

  @Test
  void invalidate_byTagByKeyAndAll() throws Exception {
    for (String body :
        List.of(
            "{\"tags\": [\"word:pot\"]}", "{\"keys\": [\"search:*pot*\"]}", "{\"all\": true}")) {
      ok(get("/v1/search?q=pot"));
      await().atMost(LONG).until(() -> status(get("/v1/search?q=pot")).startsWith("local; hit"));
      HttpResponse<String> done =
          send(admin("/admin/v1/cache/invalidate").POST(BodyPublishers.ofString(body)));
      ok(done);
      HttpResponse<String> fresh =
          send(request("/v1/search?q=pot").header("Tideline-Token", token(done)));
      assertThat(status(fresh)).as(body).startsWith("local; fwd=");
      assertThat(ok(fresh).get("total").intValue()).isEqualTo(30);
    }
    for (String bad : List.of("{}", "{\"tags\": [\"\"]}", "{\"tags\": \"x\"}", "[")) {
      problem(send(admin("/admin/v1/cache/invalidate").POST(BodyPublishers.ofString(bad))), 400);
    }
    problem(post("/admin/v1/cache/invalidate", "{\"all\": true}"), 401);
    assertThat(metric("cache_invalidations_total{reason=\"manual\"}")).isPositive();
  }

  @Test
  void stats_tellWhatEachCacheDid() throws Exception {
    ok(get("/v1/search?q=pot"));
    ok(get("/v1/search?q=pot"));
    JsonNode stats = ok(send(admin("/admin/v1/cache/stats")));
    JsonNode search =
        stats
            .get("caches")
            .valueStream()
            .filter(cache -> cache.get("cache").stringValue().equals("search"))
            .findFirst()
            .orElseThrow();
    assertThat(search.get("entries").longValue()).isPositive();
    assertThat(search.at("/local/hit_rate").doubleValue()).isBetween(0.0, 1.0);
    assertThat(search.at("/local/verdicts/hit").longValue()).isPositive();
    assertThat(search.get("loads").longValue()).isPositive();
    assertThat(stats.at("/invalidations/horizon").longValue()).isPositive();
    assertThat(stats.get("redis_breaker").stringValue()).isEqualTo("closed");
  }

  @Test
  void warm_readsWhatIsAskedForMost() throws Exception {
    JsonNode warmed = ok(send(admin("/admin/v1/cache/warm").POST(BodyPublishers.noBody())));
    assertThat(warmed.get("read").intValue()).isPositive();
    assertThat(warmed.get("read").intValue()).isEqualTo(warmed.get("wanted").intValue());
  }

  @Test
  void metrics_existFromTheStart_andHitRatesAreRates() throws Exception {
    ok(get("/v1/search?q=pot"));
    ok(get("/v1/search?q=pot"));
    String metrics = get("/metrics").body();
    assertThat(metrics)
        .contains(
            "cache_requests_total{cache=\"search\",cache_tier=\"local\",result=\"stale\"}",
            "cache_requests_total{cache=\"query\",cache_tier=\"query\",result=\"miss\"}",
            "cache_load_duration_seconds_bucket{cache=\"search\"",
            "cache_invalidations_total{reason=\"popularity\"}",
            "cache_invalidation_lag_seconds_count",
            "cache_warmed_entries_total",
            "cache_circuit_breaker_state{cache_tier=\"redis\"} 0.0");
    assertThat(metric("cache_hit_rate_by_tier{cache_tier=\"local\"}")).isBetween(0.01, 1.0);
  }
}
