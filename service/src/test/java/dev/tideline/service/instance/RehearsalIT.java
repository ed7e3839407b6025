package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.process.Ports;
import dev.tideline.service.config.InstanceConfig;
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

  private static final String WARMTH = "tideline-warmth";

  private static String sql(String sql) throws SQLException {
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static HttpResponse<String> ask(Instance of, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + of.port() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static Instance start(String rehearsal) throws InterruptedException {
    Map<String, String> environment = environment(new Ports().free());
    environment.put("TIDELINE_REHEARSAL", rehearsal);
    return Instance.start(InstanceConfig.from(environment), Clock.systemUTC());
  }

  @Test
  void rehearsal_longEnough_startsWarm_andIsNotCounted() throws Exception {
    try (Instance warm = start("60s")) {
      assertThat(JSON.readTree(ask(warm, "/health/ready").body()).get("warmth").doubleValue())
          .isOne();
      assertThat(ask(warm, "/metrics").body()).doesNotContain("route=\"/v1/search\"");
      assertThat(ask(warm, "/v1/search?q=once").headers().firstValue(WARMTH)).isEmpty();
      assertThat(ask(warm, "/metrics").body()).contains("route=\"/v1/search\"");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(sql("SELECT string_agg(DISTINCT normalized_query, ',') FROM query_stats"))
                  .isEqualTo("once"));
    }
  }

  @Test
  void rehearsal_off_startsCold_andWarmsByWhatItAnswers() throws Exception {
    try (Instance cold = start("0s")) {
      assertThat(ask(cold, "/v1/trending").headers().firstValue(WARMTH)).hasValue("0.00");
      assertThat(ask(cold, "/health").headers().firstValue(WARMTH)).isPresent();
      for (int i = 0; i < 10; i++) {
        ask(cold, "/v1/trending");
      }
      assertThat(ask(cold, "/v1/trending").headers().firstValue(WARMTH)).hasValue("0.01");
    }
  }
}
