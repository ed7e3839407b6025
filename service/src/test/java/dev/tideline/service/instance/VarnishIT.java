package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.Programs;
import dev.tideline.service.config.InstanceConfig;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Varnish in front of an instance, with the configuration that is delivered; left out where
 * it is not installed, but never in CI.
 */
final class VarnishIT extends InstanceTestCase {

  private static Process varnish;
  private static int port;

  @BeforeAll
  static void startVarnish(@TempDir Path folder) throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("varnishd")).as("varnish is installed").isPresent();
    }
    Ports ports = new Ports();
    port = ports.free();
    int originPort = ports.free();
    Map<String, String> environment = environment(originPort);
    environment.put("TIDELINE_EDGE_PURGE", "varnish");
    environment.put("TIDELINE_EDGE_VARNISH_URLS", "http://127.0.0.1:" + port);
    instance.close(); // every instance of a fleet purges, so there is only one that does
    instance = Instance.start(InstanceConfig.from(environment), Clock.systemUTC());
    String vcl =
        Files.readString(Path.of("../deploy/varnish/default.vcl"))
            .replace(".port = \"8080\"", ".port = \"" + originPort + '"');
    Path file = Files.writeString(folder.resolve("default.vcl"), vcl);
    varnish =
        new ProcessBuilder(
                Programs.find("varnishd").orElseThrow().toString(),
                "-F",
                "-j",
                "none",
                "-a",
                "127.0.0.1:" + port,
                "-T",
                "none",
                "-n",
                folder.resolve("varnish").toString(),
                "-s",
                "malloc,64m",
                "-f",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    await().atMost(LONG).ignoreExceptions().until(() -> ask("/health").statusCode() == 200);
  }

  @AfterAll
  static void stopVarnish() throws Exception {
    if (varnish != null) {
      varnish.destroy();
      varnish.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static HttpResponse<String> ask(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static boolean isHit(HttpResponse<String> answer) {
    return answer.headers().firstValue("cache-status").orElse("").startsWith("cdn; hit");
  }

  /** Written through the instance that purges. */
  private static String write(String id, String title) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + instance.port() + "/v1/products/" + id))
            .header("Authorization", "Bearer " + TOKEN)
            .PUT(HttpRequest.BodyPublishers.ofString("{\"title\": \"" + title + "\"}"))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isIn(200, 201);
    return answer.headers().firstValue("tideline-token").orElseThrow();
  }

  @Test
  void secondRequest_isAHit_andAWritePurgesIt() throws Exception {
    write("vase", "Zqvase old");
    String path = "/v1/search?q=zqvase&limit=3";
    await().atMost(LONG).until(() -> ask(path).body().contains("Zqvase old"));
    await().atMost(LONG).until(() -> isHit(ask(path)));
    HttpResponse<String> hit = ask("/v1/search?limit=3&q=zqvase");
    assertThat(isHit(hit)).as("parameters in another order").isTrue();
    assertThat(hit.headers().firstValue("surrogate-key")).as("the edge's affair").isEmpty();
    write("vase", "Zqvase new");
    long start = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> ask(path).body().contains("Zqvase new"));
    System.out.printf(
        "the edge shows a write after %d ms%n",
        Duration.ofNanos(System.nanoTime() - start).toMillis());
    assertThat(ask("/v1/products/vase").body()).contains("Zqvase new");
  }

  @Test
  void foreignWrite_purgesToo() throws Exception {
    write("jug", "Zqjug old");
    await().atMost(LONG).until(() -> isHit(ask("/v1/products/jug")));
    try (var connection = database.connectAsAdmin(0);
        var statement = connection.createStatement()) {
      statement.execute("UPDATE products SET title = 'Zqjug new' WHERE id = 'jug'");
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ask("/v1/products/jug").body().contains("Zqjug new"));
  }

  @Test
  void personalAnswers_andReadsByToken_areNeverKept() throws Exception {
    String token = write("bowl", "Zqbowl");
    for (int i = 0; i < 3; i++) {
      assertThat(isHit(ask("/v1/search?q=zqbowl&user_id=u"))).isFalse();
      assertThat(isHit(ask("/v1/recommendations/u"))).isFalse();
      HttpResponse<String> fresh = ask("/v1/search?q=zqbowl", "Tideline-Token", token);
      assertThat(isHit(fresh)).isFalse();
      assertThat(fresh.body()).contains("Zqbowl");
      assertThat(isHit(ask("/v1/products/none"))).isFalse();
    }
  }

  @Test
  void etag_isHonouredByTheEdge() throws Exception {
    write("cup", "Zqcup");
    await().atMost(LONG).until(() -> isHit(ask("/v1/products/cup")));
    String tag = ask("/v1/products/cup").headers().firstValue("etag").orElseThrow();
    assertThat(ask("/v1/products/cup", "If-None-Match", tag).statusCode()).isEqualTo(304);
  }

  @Test
  void strangers_mayNotPurgeWithoutKeys() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .method("PURGE", HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
  }

  @Test
  void originDown_servesWhatItHas() throws Exception {
    write("dish", "Zqdish");
    String path = "/v1/products/dish";
    await().atMost(LONG).until(() -> isHit(ask(path)));
    int originPort = instance.port();
    instance.close();
    try {
      // not a hit of the instance's time alone: the edge has noticed that nobody answers
      await()
          .atMost(LONG)
          .until(() -> ask("/v1/products/unknown-" + System.nanoTime()).statusCode() == 503);
      assertThat(ask(path).statusCode()).isEqualTo(200);
      assertThat(ask(path).body()).contains("Zqdish");
    } finally {
      Map<String, String> environment = environment(originPort);
      environment.put("TIDELINE_EDGE_PURGE", "varnish");
      environment.put("TIDELINE_EDGE_VARNISH_URLS", "http://127.0.0.1:" + port);
      instance = Instance.start(InstanceConfig.from(environment), Clock.systemUTC());
      await().atMost(LONG).until(() -> ask("/v1/products/none").statusCode() == 404);
    }
  }
}
