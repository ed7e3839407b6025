package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What shoppers and the shop's server call beyond plain search; each answer as documented. */
final class ShopEndpointsIT extends InstanceTestCase {

  @BeforeAll
  static void shop() throws Exception {
    for (int i = 0; i < 30; i++) {
      put(
          "lamp-" + i,
          """
          {"title": "Brass lamp number %d", "description": "A lamp of brass", "brand": "Lumo", "category": "Home > Lamps",
           "price": %d.50, "currency": "USD", "attributes": {"color": "%s"}}\
          """
              .formatted(i, i + 1, i % 2 == 0 ? "red" : "blue"));
    }
    await().atMost(LONG).until(() -> ok(get("/v1/search?q=lamp")).get("total").intValue() == 30);
  }

  private static HttpResponse<String> putJson(String path, String body) throws Exception {
    return send(admin(path).PUT(BodyPublishers.ofString(body)));
  }

  @Test
  void search_everythingAtOnce_isAsDocumented() throws Exception {
    JsonNode answer =
        ok(
            get(
                "/v1/search?q=brass%20lamp&limit=5&category=Home&brand=Lumo&brand=Other&attributes.color=red"
                    + "&min_price=2&max_price=20&currency=USD&in_stock=true&sort=price_desc"
                    + "&facets=brand,category,attributes.color,in_stock&prefix=true&highlight=true&explain=true"
                    + "&user_id=u&session_id=s"));
    assertThat(answer.get("results").get(0).get("price").doubleValue()).isEqualTo(19.5);
    assertThat(answer.at("/facets/attributes.color/0/value").stringValue()).isIn("red", "blue");
    assertThat(answer.at("/facets/attributes.color")).hasSize(2);
    assertThat(answer.at("/results/0/highlights/title").stringValue())
        .startsWith("<mark>Brass</mark> <mark>lamp</mark> number");
    assertThat(answer.at("/results/0/highlights/description").stringValue())
        .isEqualTo("A <mark>lamp</mark> of <mark>brass</mark>");
  }

  @Test
  void search_cursor_leadsThroughAllPages() throws Exception {
    String path = "/v1/search?q=lamp&limit=10";
    JsonNode page = ok(get(path));
    int pages = 1;
    while (page.has("next_cursor")) {
      page = ok(get(path + "&cursor=" + page.get("next_cursor").stringValue()));
      pages++;
    }
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void search_explanation_addsUpToTheScore() throws Exception {
    for (JsonNode result :
        ok(send(admin("/v1/search?q=lamp&explain=true&user_id=u"))).get("results")) {
      double sum =
          result
              .at("/explain/features")
              .valueStream()
              .mapToDouble(feature -> feature.get("contribution").doubleValue())
              .sum();
      assertThat(sum).isCloseTo(result.get("score").doubleValue(), within(1e-9));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "facets=nothing, facets",
    "facets=, facets",
    "'facets=attributes.a,attributes.b,attributes.c,attributes.d,attributes.e,attributes.f,attributes.g,attributes.h,attributes.i,attributes.j,attributes.k',"
        + " facets",
    "cursor=nonsense, cursor",
    "cursor=MTo1OjU, cursor",
    "prefix=perhaps, prefix",
    "explain=1, explain",
    "highlight=1, highlight",
    "brand=, brand",
    "category=A%20%3E%20%3E%20B, category",
    "attributes.color=, attributes.color",
    "user_id=, user_id",
    "session_id=%01, session_id",
    "colour=red, colour"
  })
  void search_badParameter_isNamed(String parameter, String field) throws Exception {
    assertThat(fields(problem(get("/v1/search?q=lamp&" + parameter), 400))).containsExactly(field);
  }

  @Test
  void search_cursorOfAnotherSearch_isRefused() throws Exception {
    String cursor = ok(get("/v1/search?q=lamp")).get("next_cursor").stringValue();
    assertThat(fields(problem(get("/v1/search?q=brass&cursor=" + cursor), 400)))
        .containsExactly("cursor");
    assertThat(fields(problem(get("/v1/search?q=lamp&offset=10&cursor=" + cursor), 400)))
        .containsExactly("cursor");
  }

  @Test
  void suggest_wordsOfTheCatalog_andBadInput() throws Exception {
    ok(get("/v1/suggest?q=lam&limit=5"));
    assertThat(fields(problem(get("/v1/suggest"), 400))).containsExactly("q");
    assertThat(fields(problem(get("/v1/suggest?q=%20&limit=5"), 400))).containsExactly("q");
    assertThat(fields(problem(get("/v1/suggest?q=a&limit=0"), 400))).containsExactly("limit");
  }

  @Test
  void recommendations_everyParameter_andBadInput() throws Exception {
    JsonNode answer =
        ok(
            get(
                "/v1/recommendations/u?limit=3&category=Home&exclude_seen=true&session_id=s&explain=true"));
    assertThat(answer.get("results")).hasSize(3);
    assertThat(answer.at("/results/0/reason").stringValue()).isNotEmpty();
    problem(get("/v1/recommendations/u?exclude_seen=maybe"), 400);
    problem(get("/v1/recommendations/" + "u".repeat(129)), 400);
  }

  @Test
  void recommendations_clickInASession_countsAtOnce() throws Exception {
    String session = "s-" + UUID.randomUUID();
    ok(
        post(
            "/v1/events",
            "{\"session_id\":\"%s\",\"product_id\":\"lamp-7\",\"type\":\"click\"}"
                .formatted(session)));
    JsonNode unseen =
        ok(
            send(
                admin(
                    "/v1/recommendations/stranger?limit=30&exclude_seen=true&session_id="
                        + session)));
    assertThat(unseen.get("results").valueStream())
        .noneMatch(result -> result.get("product_id").stringValue().equals("lamp-7"));
    assertThat(unseen.at("/results/0/reason").stringValue()).isEqualTo("popular in Home > Lamps");
  }

  private static HttpResponse<String> signed(String path, String signature) throws Exception {
    return send(request(path).header("Tideline-User-Signature", signature));
  }

  private static String reason(HttpResponse<String> answer) {
    return ok(answer).at("/results/0/reason").stringValue();
  }

  @Test
  void recommendations_whatAPersonDid_isNamedToThemAlone() throws Exception {
    String user = "private-" + UUID.randomUUID();
    ok(
        post(
            "/v1/events",
            "{\"user_id\":\"%s\",\"product_id\":\"lamp-9\",\"type\":\"purchase\"}"
                .formatted(user)));
    String path = "/v1/recommendations/" + user + "?limit=5&explain=true";
    String named = "popular in Home > Lamps";
    await().atMost(LONG).until(() -> reason(send(admin(path))).equals(named));
    JsonNode anybody = ok(get(path));
    for (JsonNode result : anybody.get("results")) {
      assertThat(result.get("reason").stringValue()).isIn("based on your activity", "popular");
      assertThat(result.has("explain")).isFalse();
    }
    assertThat(anybody.at("/results/0/reason").stringValue()).isEqualTo("based on your activity");
    HttpResponse<String> vouched = signed(path, sign(USER_ID_KEY, user));
    assertThat(reason(vouched)).isEqualTo(named);
    assertThat(ok(vouched).at("/results/0").has("explain")).isTrue();
    assertThat(vouched.headers().firstValue("Cache-Control")).contains("private, no-store");
    assertThat(reason(signed(path, sign(OLDER_USER_ID_KEY, user)))).isEqualTo(named);
  }

  @Test
  void recommendations_signatureOfAnotherUserKeyOrSession_isRefused() throws Exception {
    String path = "/v1/recommendations/u";
    problem(signed(path, sign(USER_ID_KEY, "other")), 403);
    problem(signed(path, sign("another-key-of-somebody", "u")), 403);
    problem(signed(path, "u"), 403);
    problem(signed(path + "?session_id=s", sign(USER_ID_KEY, "u")), 403);
    problem(signed(path + "?session_id=s", sign(USER_ID_KEY, "u\nother")), 403);
    ok(signed(path + "?session_id=s", sign(USER_ID_KEY, "u\ns")));
  }

  @Test
  void search_explanationForAPerson_isGivenToThemAlone() throws Exception {
    String path = "/v1/search?q=lamp&explain=true";
    assertThat(ok(get(path)).at("/results/0").has("explain")).isTrue();
    for (String who : List.of("&user_id=u", "&session_id=s", "&user_id=u&session_id=s")) {
      assertThat(ok(get(path + who)).at("/results/0").has("explain")).as(who).isFalse();
      assertThat(ok(send(admin(path + who))).at("/results/0").has("explain")).as(who).isTrue();
    }
    HttpResponse<String> vouched = signed(path + "&user_id=u", sign(USER_ID_KEY, "u"));
    assertThat(ok(vouched).at("/results/0").has("explain")).isTrue();
    assertThat(vouched.headers().firstValue("Cache-Control")).contains("private, no-store");
    problem(signed(path + "&user_id=u", sign(USER_ID_KEY, "other")), 403);
  }

  @Test
  void similar_product_andNone() throws Exception {
    assertThat(ok(get("/v1/products/lamp-1/similar?limit=5&explain=true")).get("results"))
        .hasSize(5);
    problem(get("/v1/products/nothing/similar"), 404);
    problem(get("/v1/products/lamp-1/similar?limit=101"), 400);
  }

  @Test
  void preferences_putAndGet_areTheSame() throws Exception {
    String body =
        "{\"categories\":[\"Home >"
            + " Lamps\"],\"brands\":[\"Lumo\"],\"min_price\":5,\"max_price\":10.5}";
    HttpResponse<String> stored = putJson("/v1/users/keen/preferences", body);
    String token = stored.headers().firstValue("Tideline-Token").orElseThrow();
    JsonNode found = ok(send(admin("/v1/users/keen/preferences").header("Tideline-Token", token)));
    assertThat(found).isEqualTo(ok(stored));
    assertThat(found.get("max_price").doubleValue()).isEqualTo(10.5);
    assertThat(ok(send(admin("/v1/users/unknown/preferences"))).get("brands")).isEmpty();
    problem(get("/v1/users/keen/preferences"), 401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"categories\":\"Home\"} | categories",
        "{\"brands\":[1]} | brands[0]",
        "{\"brands\":[\"\"]} | brands[0]",
        "{\"min_price\":5,\"max_price\":1} | min_price",
        "{\"min_price\":-5} | min_price",
        "{\"max_price\":\"5\"} | max_price",
        "{\"likes\":[]} | likes"
      })
  void preferences_badField_isNamed(String body, String field) throws Exception {
    assertThat(fields(problem(putJson("/v1/users/keen/preferences", body), 400)))
        .containsExactly(field);
  }

  @Test
  void forget_user_leavesNothingBehind() throws Exception {
    String user = "gone-" + UUID.randomUUID();
    String session = "s-" + UUID.randomUUID();
    ok(putJson("/v1/users/" + user + "/preferences", "{\"brands\":[\"Lumo\"]}"));
    ok(
        post(
            "/v1/events",
            "{\"user_id\":\"%s\",\"session_id\":\"%s\",\"product_id\":\"lamp-3\",\"type\":\"view\"}"
                .formatted(user, session)));
    ok(send(admin("/v1/sessions/" + session)));
    HttpResponse<String> forgotten = send(admin("/v1/users/" + user).DELETE());
    assertThat(forgotten.statusCode()).isEqualTo(204);
    String token = forgotten.headers().firstValue("Tideline-Token").orElseThrow();
    problem(send(admin("/v1/sessions/" + session)), 404);
    assertThat(
            ok(send(admin("/v1/users/" + user + "/preferences").header("Tideline-Token", token)))
                .get("brands"))
        .isEmpty();
    try (var connection = database.connectAsAdmin(0);
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*) FILTER (WHERE user_id = '%s' OR session_id = '%s'), count(*) FILTER (WHERE product_id = 'lamp-3') FROM events"
                    .formatted(user, session))) {
      rows.next();
      assertThat(rows.getInt(1)).isZero();
      assertThat(rows.getInt(2)).as("the event itself stays").isPositive();
    }
    assertThat(send(admin("/v1/users/" + user).DELETE()).statusCode()).isEqualTo(204);
    problem(send(request("/v1/users/" + user).DELETE()), 401);
  }

  @Test
  void ranking_changed_isObeyedAndRemembered() throws Exception {
    assertThat(ok(send(admin("/admin/v1/ranking"))).at("/weights/text").doubleValue()).isEqualTo(1);
    ok(
        putJson(
            "/admin/v1/ranking?category=Home",
            "{\"weights\":{\"text\":0.5,\"price_percentile\":2}}"));
    JsonNode result =
        ok(get("/v1/search?q=lamp&category=Home%20%3E%20Lamps&explain=true")).at("/results/0");
    assertThat(
            result.at("/explain/features").valueStream().map(one -> one.get("name").stringValue()))
        .containsExactly("text", "price_percentile");
    assertThat(send(admin("/admin/v1/ranking?category=Home").DELETE()).statusCode()).isEqualTo(204);
    JsonNode changes = ok(send(admin("/admin/v1/ranking/history"))).get("changes");
    assertThat(changes.get(0).get("weights").isNull()).isTrue();
    assertThat(changes.get(1).at("/weights/price_percentile").doubleValue()).isEqualTo(2);
    assertThat(ok(send(admin("/admin/v1/ranking"))).get("categories")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"weights\":{\"beauty\":1}}",
        "{\"weights\":{\"text\":101}}",
        "{\"weights\":{\"text\":\"1\"}}",
        "{\"weights\":[]}",
        "{}"
      })
  void ranking_bad_isRefusedAndChangesNothing(String body) throws Exception {
    assertThat(fields(problem(putJson("/admin/v1/ranking", body), 400)))
        .allMatch(field -> field.startsWith("weights"));
    assertThat(ok(send(admin("/admin/v1/ranking"))).at("/weights/text").doubleValue()).isEqualTo(1);
  }

  @Test
  void jobs_areTold() throws Exception {
    ok(send(admin("/admin/v1/jobs")));
    problem(get("/admin/v1/jobs"), 401);
  }

  private static HttpResponse<String> preflight(String path, String method) throws Exception {
    return send(
        request(path)
            .method("OPTIONS", BodyPublishers.noBody())
            .header("Origin", ORIGIN)
            .header("Access-Control-Request-Method", method));
  }

  private static List<String> allowed(HttpResponse<String> answer) {
    return answer.headers().allValues("Access-Control-Allow-Origin");
  }

  @Test
  void cors_publicCallFromAKnownOrigin_mayBeRead() throws Exception {
    HttpResponse<String> asked = preflight("/v1/events", "POST");
    assertThat(asked.statusCode()).isEqualTo(204);
    assertThat(allowed(asked)).containsExactly(ORIGIN);
    assertThat(asked.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
        .contains("Tideline-Token");
    assertThat(allowed(send(request("/v1/search?q=lamp").header("Origin", ORIGIN))))
        .containsExactly(ORIGIN);
    assertThat(allowed(send(request("/v1/search?q=").header("Origin", ORIGIN))))
        .as("errors can be read too")
        .containsExactly(ORIGIN);
  }

  @Test
  void cors_othersAndCallsOfTheShopsServer_mayNot() throws Exception {
    HttpResponse<String> foreign =
        send(request("/v1/search?q=lamp").header("Origin", "https://elsewhere.example"));
    assertThat(allowed(foreign)).isEmpty();
    assertThat(foreign.headers().firstValue("Vary").orElseThrow()).contains("Origin");
    assertThat(allowed(preflight("/v1/products/lamp-1", "PUT"))).isEmpty();
    assertThat(allowed(preflight("/v1/users/u/preferences", "GET"))).isEmpty();
    assertThat(allowed(preflight("/admin/v1/jobs", "GET"))).isEmpty();
  }
}
