package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Shoppers' sessions with the instances of a fleet, each asked directly. */
final class Sessions {

  static final List<String> VIEWED = List.of("s00003", "s00001", "s00007", "s00002");
  private static final String[] STYLES = {"Brass", "Velvet", "Oak", "Paper"};

  /** What one session sees, where one instance is asked. */
  record Answer(List<String> seen, List<String> found, List<String> recommended) {}

  private final FleetTestCase fleet;
  private final String admin;
  private int turn;

  Sessions(FleetTestCase fleet) throws IOException, InterruptedException {
    this.fleet = fleet;
    this.admin = fleet.adminToken();
  }

  /** The next instance's address, each in its turn. */
  String next() throws IOException, InterruptedException {
    List<String> instances = fleet.instances();
    return instances.get(turn++ % instances.size());
  }

  private JsonNode ask(String instance, String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        fleet.send(FleetTestCase.at(instance, path).header("Authorization", "Bearer " + admin));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return FleetTestCase.JSON.readTree(answer.body());
  }

  void view(String instance, String session, String product)
      throws IOException, InterruptedException {
    String body =
        "{\"event_id\":\"%s\",\"session_id\":\"%s\",\"product_id\":\"%s\",\"type\":\"view\"}"
            .formatted(UUID.randomUUID(), session, product);
    HttpResponse<String> answer =
        fleet.send(FleetTestCase.at(instance, "/v1/events").POST(BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  Answer answer(String instance, String session) throws IOException, InterruptedException {
    return new Answer(
        ids(ask(instance, "/v1/sessions/" + session), "entries"),
        ids(ask(instance, "/v1/search?q=style+lamp&limit=20&session_id=" + session), "results"),
        ids(
            ask(instance, "/v1/recommendations/stranger?limit=20&session_id=" + session),
            "results"));
  }

  private static List<String> ids(JsonNode answer, String list) {
    return answer.get(list).valueStream().map(one -> one.get("product_id").stringValue()).toList();
  }

  /**
   * A small shop, and all that jobs derive from it: none is due again for five minutes, in which
   * nothing but the session can change an answer.
   */
  void load() throws IOException, InterruptedException {
    StringBuilder products = new StringBuilder("product_id,title,category,price,currency\n");
    for (int product = 1; product <= 200; product++) {
      products.append(
          "s%05d,%s style lamp %d,Lighting > %s,%d,EUR%n"
              .formatted(product, STYLES[product % 4], product, STYLES[product % 4], product));
    }
    StringBuilder events = new StringBuilder("user_id,product_id,type,occurred_at\n");
    Instant day = Instant.now().minus(Duration.ofDays(1));
    Random random = new Random(5);
    for (int i = 0; i < 3000; i++) {
      int user = random.nextInt(150);
      int product = 1 + user % 4 + 4 * (int) (50 * Math.pow(random.nextDouble(), 2));
      events.append("u%d,s%05d,view,%s%n".formatted(user, product, day.plusSeconds(i)));
    }
    run("import", "products", file("products.csv", products));
    run("import", "events", file("events.csv", events));
    for (String job : List.of("vocabulary", "popularity", "neighbors", "suggestions")) {
      run("jobs", job);
    }
  }

  private String file(String name, StringBuilder text) throws IOException {
    return Files.writeString(fleet.folder.resolve(name), text).toString();
  }

  private void run(String... arguments) throws InterruptedException {
    TidelineProcess.Outcome outcome = fleet.tideline.run(arguments);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
  }
}
