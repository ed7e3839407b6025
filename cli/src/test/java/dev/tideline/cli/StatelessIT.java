package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A session whose every request goes to another instance, one of which is replaced in between, is
 * answered as one that stays with a single instance.
 */
final class StatelessIT extends FleetTestCase {

  private static final List<String> PRODUCTS = List.of("p00003", "p00001", "p00007", "p00002");

  private int turn;
  private String admin = "";

  /** Addresses of the instances, which come and go. */
  private List<String> instances() throws InterruptedException {
    return tideline
        .status()
        .get("instances")
        .valueStream()
        .map(one -> one.get("url").stringValue())
        .toList();
  }

  /** The next instance's, each in its turn. */
  private String next(List<String> urls) {
    return urls.get(turn++ % urls.size());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
  }

  private JsonNode ask(String instance, String path) throws Exception {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create(instance + path))
                .header("Authorization", "Bearer " + admin));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private void view(String instance, String session, String product) throws Exception {
    String body =
        "{\"event_id\":\"%s\",\"session_id\":\"%s\",\"product_id\":\"%s\",\"type\":\"view\"}"
            .formatted(UUID.randomUUID(), session, product);
    assertThat(
            send(HttpRequest.newBuilder(URI.create(instance + "/v1/events"))
                    .POST(BodyPublishers.ofString(body)))
                .statusCode())
        .isEqualTo(202);
  }

  private static List<String> ids(JsonNode answer, String list) {
    return answer.get(list).valueStream().map(one -> one.get("product_id").stringValue()).toList();
  }

  private List<String> found(String instance, String session) throws Exception {
    return ids(ask(instance, "/v1/search?q=lamp&limit=20&session_id=" + session), "results");
  }

  private List<String> recommended(String instance, String session) throws Exception {
    return ids(
        ask(instance, "/v1/recommendations/stranger?limit=20&session_id=" + session), "results");
  }

  @Test
  void everyRequestToAnotherInstance_isAnsweredAsByOne() throws Exception {
    up("--instances", "3", "--replicas", "1", "--autoscale", "off");
    JsonNode status = tideline.status();
    admin = Files.readString(Path.of(status.get("admin_token_file").stringValue())).strip();
    String stays = instances().getFirst();
    for (int i = 0; i < PRODUCTS.size(); i++) {
      view(stays, "stays", PRODUCTS.get(i));
      view(next(instances()), "wanders", PRODUCTS.get(i));
      if (i == 1) {
        kill(tideline.status().get("instances").get(1));
        await()
            .atMost(LONG)
            .until(() ->
                tideline
                    .status()
                    .get("instances")
                    .valueStream()
                    .allMatch(one -> one.get("state").stringValue().equals("healthy")));
      }
    }
    List<String> entries = ids(ask(stays, "/v1/sessions/stays"), "entries");
    assertThat(entries).containsExactlyElementsOf(PRODUCTS.reversed());
    List<String> foundByOne = found(stays, "stays");
    List<String> recommendedByOne = recommended(stays, "stays");
    assertThat(foundByOne).isNotEmpty();
    assertThat(recommendedByOne).isNotEmpty();
    for (String instance : instances()) {
      assertThat(ids(ask(instance, "/v1/sessions/wanders"), "entries")).isEqualTo(entries);
      assertThat(found(instance, "wanders")).as("search by " + instance).isEqualTo(foundByOne);
      assertThat(recommended(instance, "wanders"))
          .as("recommendations by " + instance)
          .isEqualTo(recommendedByOne);
    }
  }
}
