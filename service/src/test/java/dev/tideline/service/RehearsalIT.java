package dev.tideline.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.fleet.process.Ports;
import dev.tideline.service.health.Readiness;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An instance runs its code before shops do, and nobody counts that. */
final class RehearsalIT extends InstanceTestCase {

  private static String sql(String sql) throws SQLException {
    try (Connection connection = databases.postgres().connectAsAdmin(0);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static double warmth(HttpResponse<String> answer) {
    return answer.headers().firstValue("tideline-warmth").map(Double::parseDouble).orElse(1.0);
  }

  @Test
  void rehearsal_makesWarm_andIsNotCounted() throws Exception {
    double before = JSON.readTree(get("/health/ready").body()).get("warmth").doubleValue();
    assertThat(before).isPositive();
    assertThat(get("/metrics").body()).doesNotContain("route=\"/v1/search\"");
    assertThat(warmth(get("/v1/search?q=once"))).isGreaterThanOrEqualTo(before - 0.01);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(sql("SELECT string_agg(DISTINCT normalized_query, ',') FROM query_stats"))
                .isEqualTo("once"));
    for (int i = 0; i < Readiness.WARM_ANSWERS; i++) {
      get("/v1/trending");
    }
    assertThat(get("/v1/trending").headers().firstValue("tideline-warmth")).isEmpty();
    assertThat(JSON.readTree(get("/health/ready").body()).get("warmth").doubleValue()).isOne();
  }

  @Test
  void rehearsal_off_startsCold() throws Exception {
    Map<String, String> environment = environment(new Ports().free());
    environment.put("TIDELINE_REHEARSAL", "0s");
    try (Instance cold = Instance.start(InstanceConfig.from(environment), Clock.systemUTC())) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + cold.port() + "/v1/trending"))
              .build();
      assertThat(warmth(http.send(request, BodyHandlers.ofString()))).isZero();
    }
  }
}
