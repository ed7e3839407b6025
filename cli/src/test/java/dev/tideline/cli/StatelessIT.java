package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A session whose every request goes to another instance, one of which is replaced in between, is
 * answered as one that stays with a single instance.
 */
final class StatelessIT extends FleetTestCase {

  private static final List<String> PRODUCTS = List.of("p00003", "p00001", "p00007", "p00002");
  private static final String[] STYLES = {"Brass", "Velvet", "Oak", "Paper"};

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

  /** What one session sees, where one instance is asked. */
  private record Answer(List<String> seen, List<String> found, List<String> recommended) {}

  private Answer answer(String instance, String session) throws Exception {
    return new Answer(
        ids(ask(instance, "/v1/sessions/" + session), "entries"),
        ids(ask(instance, "/v1/search?q=lamp&limit=20&session_id=" + session), "results"),
        ids(
            ask(instance, "/v1/recommendations/stranger?limit=20&session_id=" + session),
            "results"));
  }

  /**
   * A small shop, and all that jobs derive from it: none is due again for five minutes, in which
   * nothing but the session can change an answer.
   */
  private void load() throws IOException, InterruptedException {
    StringBuilder products = new StringBuilder("product_id,title,category,price,currency\n");
    for (int product = 1; product <= 200; product++) {
      products.append(
          "p%05d,%s lamp %d,Lighting > %s,%d,EUR%n"
              .formatted(product, STYLES[product % 4], product, STYLES[product % 4], product));
    }
    StringBuilder events = new StringBuilder("user_id,product_id,type,occurred_at\n");
    Instant day = Instant.now().minus(Duration.ofDays(1));
    Random random = new Random(5);
    for (int i = 0; i < 3000; i++) {
      int user = random.nextInt(150);
      int product = 1 + user % 4 + 4 * (int) (50 * Math.pow(random.nextDouble(), 2));
      events.append("u%d,p%05d,view,%s%n".formatted(user, product, day.plusSeconds(i)));
    }
    run(
        "import",
        "products",
        Files.writeString(folder.resolve("products.csv"), products).toString());
    run("import", "events", Files.writeString(folder.resolve("events.csv"), events).toString());
    for (String job : List.of("vocabulary", "popularity", "neighbors", "suggestions")) {
      run("jobs", job);
    }
  }

  private void run(String... arguments) throws InterruptedException {
    TidelineProcess.Outcome outcome = tideline.run(arguments);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
  }

  @Test
  void everyRequestToAnotherInstance_isAnsweredAsByOne() throws Exception {
    up("--instances", "3", "--replicas", "1", "--autoscale", "off", "--empty");
    load();
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
    Answer byOne = answer(stays, "stays");
    assertThat(byOne.seen()).containsExactlyElementsOf(PRODUCTS.reversed());
    assertThat(byOne.found()).hasSize(20);
    assertThat(byOne.recommended()).hasSize(20);
    assertThat(instances()).hasSize(3);
    for (String instance : instances()) {
      assertThat(answer(instance, "wanders")).as(instance).isEqualTo(byOne);
    }
  }
}
