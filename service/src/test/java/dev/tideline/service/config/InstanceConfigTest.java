package dev.tideline.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.events.Retention;
import dev.tideline.engine.jobs.JobSettings;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.service.config.InstanceConfig.InvalidConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstanceConfigTest {

  @TempDir Path folder;

  private static Map<String, String> environment(String... more) {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "TIDELINE_DB_PRIMARY_URL", "jdbc:postgresql://db/shop",
                "TIDELINE_DB_USER", "shop",
                "TIDELINE_REDIS_URL", "redis://cache",
                "TIDELINE_TOKEN_KEY", "0123456789abcdef"));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  private static Map<String, String> wrong(String... pairs) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return environment;
  }

  @Test
  void from_leastEnvironment_takesDefaults() {
    InstanceConfig config = InstanceConfig.from(environment());
    assertThat(config.port()).isEqualTo(8080);
    assertThat(config.databases().pools().size()).isEqualTo(20);
    assertThat(config.databases().replicas()).isEmpty();
    assertThat(config.adminToken()).isEmpty();
    assertThat(config.drainDelay()).isEqualTo(Duration.ofSeconds(5));
  }

  /** They stand in the examples, and so are known to everyone. */
  @Test
  void from_placeholders_areAllRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "CHANGE_ME\n");
    assertThatThrownBy(() ->
            InstanceConfig.from(
                environment(
                    "TIDELINE_ADMIN_TOKEN", "change-me",
                    "TIDELINE_TOKEN_KEY", "a key of sixteen or more, change-me",
                    "TIDELINE_REDIS_PASSWORD", "changeme",
                    "TIDELINE_DB_PASSWORD_FILE", file.toString())))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("TIDELINE_ADMIN_TOKEN: is the placeholder")
        .hasMessageContaining("TIDELINE_TOKEN_KEY: is the placeholder")
        .hasMessageContaining("TIDELINE_REDIS_PASSWORD: is the placeholder")
        .hasMessageContaining("TIDELINE_DB_PASSWORD: is the placeholder")
        .hasMessageNotContaining("change");
  }

  @Test
  void from_redisPassword_isPutIntoTheUrl() {
    assertThat(InstanceConfig.from(environment("TIDELINE_REDIS_PASSWORD", "a b@c")).redis().url())
        .isEqualTo("redis://:a%20b%40c@cache");
    assertThatThrownBy(() ->
            InstanceConfig.from(
                environment(
                    "TIDELINE_REDIS_URL", "redis://:secret@cache",
                    "TIDELINE_REDIS_PASSWORD", "another")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("TIDELINE_REDIS_URL")
        .hasMessageNotContaining("secret");
  }

  @Test
  void from_leastEnvironment_bearsClientsWithinLimits_onOnePort() {
    InstanceConfig config = InstanceConfig.from(environment());
    assertThat(config.limits()).isEqualTo(HttpLimits.DEFAULT);
    assertThat(config.managementPort()).isEmpty();
  }

  @Test
  void from_managementPortAndLimits_areTaken_orNamedWhereTheyAreWrong() {
    InstanceConfig config =
        InstanceConfig.from(
            environment("TIDELINE_MANAGEMENT_PORT", "8081", "TIDELINE_HTTP_BODY_TIMEOUT", "500ms"));
    assertThat(config.managementPort()).hasValue(8081);
    assertThat(config.limits().bodyTimeout()).isEqualTo(Duration.ofMillis(500));
    assertThatThrownBy(() ->
            InstanceConfig.from(
                environment("TIDELINE_MANAGEMENT_PORT", "8080", "TIDELINE_HTTP_REQUESTS_MAX", "0")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("TIDELINE_MANAGEMENT_PORT")
        .hasMessageContaining("TIDELINE_HTTP_REQUESTS_MAX");
  }

  @Test
  void from_replicaList_namesThemInOrder() {
    InstanceConfig config =
        InstanceConfig.from(
            environment(
                "TIDELINE_DB_REPLICA_URLS", "jdbc:postgresql://r1/s, jdbc:postgresql://r2/s"));
    assertThat(config.databases().replicas())
        .containsExactly(
            new NodeAddress("replica-1", "jdbc:postgresql://r1/s"),
            new NodeAddress("replica-2", "jdbc:postgresql://r2/s"));
  }

  @Test
  void from_replicasBehindAName_looksThemUp() {
    RouterConfig config =
        InstanceConfig.from(
                environment("TIDELINE_DB_REPLICA_URLS", "dns:jdbc:postgresql://db-ro:5432/s"))
            .databases();
    assertThat(config.replicas()).isEmpty();
    assertThat(config.hosted().orElseThrow().url()).isEqualTo("jdbc:postgresql://db-ro:5432/s");
    assertThat(config.budget().orElseThrow().shrinks()).isTrue();
    assertThatThrownBy(
            () -> InstanceConfig.from(environment("TIDELINE_DB_REPLICA_URLS", "dns:db-ro")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("with one host name");
  }

  @Test
  void from_retention_needsToSayWhatBecomesOfWhatGoes() {
    assertThat(InstanceConfig.from(environment()).retention()).isEmpty();
    assertThat(
            InstanceConfig.from(
                    environment(
                        "TIDELINE_EVENT_RETENTION", "400d", "TIDELINE_EVENT_ARCHIVE", "/archive"))
                .retention())
        .contains(new Retention(Duration.ofDays(400), Optional.of(Path.of("/archive"))));
    assertThat(
            InstanceConfig.from(
                    environment(
                        "TIDELINE_EVENT_RETENTION", "400d", "TIDELINE_EVENT_ARCHIVE", "none"))
                .retention())
        .contains(new Retention(Duration.ofDays(400), Optional.empty()));
    assertThatThrownBy(() -> InstanceConfig.from(environment("TIDELINE_EVENT_RETENTION", "400d")))
        .hasMessageContaining("TIDELINE_EVENT_ARCHIVE: must be a folder");
    assertThatThrownBy(() ->
            InstanceConfig.from(
                environment("TIDELINE_EVENT_RETENTION", "30d", "TIDELINE_EVENT_ARCHIVE", "/a")))
        .hasMessageContaining("TIDELINE_EVENT_RETENTION: must be from");
    assertThatThrownBy(() -> InstanceConfig.from(environment("TIDELINE_EVENT_ARCHIVE", "/archive")))
        .hasMessageContaining("TIDELINE_EVENT_RETENTION is not");
  }

  @Test
  void from_secretsInFiles_readsThem() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
    InstanceConfig config =
        InstanceConfig.from(environment("TIDELINE_ADMIN_TOKEN_FILE", token.toString()));
    assertThat(config.adminToken()).contains("s3cret");
  }

  @Test
  void from_muchWrong_tellsAllAtOnce() {
    assertThatThrownBy(() ->
            InstanceConfig.from(
                wrong(
                    "TIDELINE_HTTP_PORT",
                    "99999",
                    "TIDELINE_DB_PRIMARY_URL",
                    "postgres://x",
                    "TIDELINE_DB_REPLICA_URLS",
                    "nonsense",
                    "TIDELINE_DB_POOL_SIZE",
                    "many",
                    "TIDELINE_DB_PASSWORD_FILE",
                    "/does/not/exist",
                    "TIDELINE_LOG_FORMAT",
                    "xml",
                    "TIDELINE_TOKEN_KEY",
                    "short",
                    "TIDELINE_DB_REPLICA_SELECTION",
                    "any",
                    "TIDELINE_DB_MAX_REPLICA_LAG",
                    "1ms",
                    "TIDELINE_DRAIN_DELAY",
                    "5 minutes")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContainingAll(
            "TIDELINE_HTTP_PORT",
            "TIDELINE_DB_PRIMARY_URL",
            "TIDELINE_DB_REPLICA_URLS",
            "TIDELINE_DB_POOL_SIZE",
            "TIDELINE_DB_PASSWORD_FILE",
            "TIDELINE_DRAIN_DELAY",
            "TIDELINE_LOG_FORMAT",
            "TIDELINE_TOKEN_KEY: each key",
            "TIDELINE_DB_REPLICA_SELECTION: must be round_robin or least_lag or least_busy",
            "TIDELINE_DB_MAX_REPLICA_LAG: must be from 1000 ms",
            "TIDELINE_DB_USER: is not set",
            "TIDELINE_REDIS_URL: is not set");
  }

  @Test
  void from_userIdKeys_areAListAndMayBeAbsent() {
    assertThat(InstanceConfig.from(environment()).userIdKeys()).isEmpty();
    assertThat(
            InstanceConfig.from(
                    environment("TIDELINE_USER_ID_KEY", "0123456789abcdef, fedcba9876543210"))
                .userIdKeys())
        .containsExactly("0123456789abcdef", "fedcba9876543210");
    assertThatThrownBy(() -> InstanceConfig.from(environment("TIDELINE_USER_ID_KEY", "short")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("TIDELINE_USER_ID_KEY: each key must have 16 characters");
  }

  @Test
  void jobs_settings_haveDefaultsAndBounds() {
    assertThat(JobConfig.from(Map.of())).isEqualTo(JobSettings.DEFAULT);
    assertThat(
            JobConfig.from(
                Map.of("TIDELINE_EVENT_DAILY_CAP", "5", "TIDELINE_SUGGESTION_ACTORS_MIN", "10")))
        .isEqualTo(new JobSettings(5, 10));
    assertThatThrownBy(() ->
            JobConfig.from(
                Map.of("TIDELINE_EVENT_DAILY_CAP", "0", "TIDELINE_SUGGESTION_ACTORS_MIN", "none")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("TIDELINE_EVENT_DAILY_CAP")
        .hasMessageContaining("TIDELINE_SUGGESTION_ACTORS_MIN");
  }
}
