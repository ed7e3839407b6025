package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tideline.embedded.TestDatabase;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.redis.RedisServer;
import dev.tideline.engine.database.Schema;
import dev.tideline.service.config.InstanceConfig;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One instance on real databases with one replica, and how to call it. */
abstract class InstanceTestCase {

  /** What every answer of every test is held against. */
  private static final OpenApiContract CONTRACT = OpenApiContract.read();

  static final JsonMapper JSON = JsonMapper.builder().build();
  static final Duration LONG = Duration.ofSeconds(60);
  static final String ORIGIN = "https://shop.example";
  static final String TOKEN = "admin-token-of-the-test";
  static final String USER_ID_KEY = "user-id-key-of-the-test";
  static final String OLDER_USER_ID_KEY = "older-user-id-key-of-the-test";

  static TestDatabase database;
  static RedisServer redis;
  static Instance instance;
  static HttpClient http;
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.copyOf("shop", 1, Schema::migrate);
    redis = database.servers().startRedis();
    instance = Instance.start(config(new Ports().free()), Clock.systemUTC());
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  static InstanceConfig config(int port) {
    return InstanceConfig.from(environment(port));
  }

  static Map<String, String> environment(int port) {
    return new HashMap<>(
        Map.ofEntries(
            Map.entry("TIDELINE_INSTANCE_NAME", "it"),
            Map.entry("TIDELINE_HTTP_HOST", "127.0.0.1"),
            Map.entry("TIDELINE_HTTP_PORT", Integer.toString(port)),
            Map.entry("TIDELINE_DB_PRIMARY_URL", database.url(0)),
            Map.entry("TIDELINE_DB_REPLICA_URLS", database.url(1)),
            Map.entry("TIDELINE_DB_USER", Credentials.APPLICATION),
            Map.entry("TIDELINE_DB_PASSWORD", database.password()),
            Map.entry("TIDELINE_REDIS_URL", redis.url()),
            Map.entry("TIDELINE_ADMIN_TOKEN", TOKEN),
            Map.entry("TIDELINE_TOKEN_KEY", "token-key-of-the-test"),
            Map.entry("TIDELINE_USER_ID_KEY", USER_ID_KEY + ", " + OLDER_USER_ID_KEY),
            Map.entry("TIDELINE_CORS_ORIGINS", ORIGIN),
            Map.entry("TIDELINE_DRAIN_DELAY", "0s")));
  }

  @AfterAll
  static void stop() {
    http.close();
    instance.close();
    redis.close();
    database.close();
  }

  @BeforeEach
  void listen() {
    logged.start();
    rootLogger().addAppender(logged);
  }

  @AfterEach
  void nothingAboveWarn() {
    rootLogger().detachAppender(logged);
    assertThat(logged.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR));
  }

  /** What has been logged since the test began. */
  List<String> logged() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  static Logger rootLogger() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + instance.port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  static HttpRequest.Builder admin(String path) {
    return request(path).header("Authorization", "Bearer " + TOKEN);
  }

  static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    CONTRACT.check(answer);
    return answer;
  }

  /** Sends what may have parameters that the document does not name. */
  static HttpResponse<String> sendAnything(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    CONTRACT.checkAnswer(answer);
    return answer;
  }

  static HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  static HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(BodyPublishers.ofString(body)));
  }

  static HttpResponse<String> put(String id, String body) throws Exception {
    return send(admin("/v1/products/" + encode(id)).PUT(BodyPublishers.ofString(body)));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What the shop's server would send: an HMAC-SHA-256, in hexadecimal. */
  static String sign(String key, String message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
  }

  static JsonNode problem(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.propertyNames()).contains("type", "title", "status", "detail", "trace_id");
    assertThat(body.get("status").intValue()).isEqualTo(status);
    assertThat(answer.body()).doesNotContain("Exception", "\tat ");
    return body;
  }

  static List<String> fields(JsonNode problem) {
    return problem.get("errors").valueStream().map(e -> e.get("field").stringValue()).toList();
  }

  static JsonNode ok(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
    return JSON.readTree(answer.body());
  }

  static String event(UUID id, String product) {
    return "{\"event_id\":\"%s\",\"user_id\":\"u\",\"session_id\":\"s-%s\",\"product_id\":\"%s\",\"type\":\"view\"}"
        .formatted(id, id, product);
  }
}
