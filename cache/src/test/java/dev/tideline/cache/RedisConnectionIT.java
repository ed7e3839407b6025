package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.process.ServerUser;
import dev.tideline.embedded.redis.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RedisConnectionIT {

  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void ask_redisKilledAndBack_isEmptyThenAnswersAgain() throws Exception {
    try (TestDatabases folder = TestDatabases.prepare(0, ServerUser.detect());
        RedisServer redis = folder.startRedis();
        RedisConnection connection =
            RedisConnection.open(new RedisConfig(redis.url(), Duration.ofSeconds(2), 100))) {
      await().atMost(LONG).until(connection::isUp);
      assertThat(connection.ask(commands -> commands.set("k", "v"))).contains("OK");

      long pid = redis.pid();
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      await().atMost(LONG).until(() -> redis.pid() != pid && redis.pid() > 0);
      await()
          .atMost(LONG)
          .until(() -> connection.ask(commands -> commands.set("k", "again")).isPresent());
      await().atMost(LONG).until(connection::isUp);
    }
  }

  @Test
  void ask_nothingListens_isEmptyAtOnce() {
    try (RedisConnection connection = RedisConnection.open(RedisConfig.of("redis://127.0.0.1:1"))) {
      assertThat(connection.ask(commands -> commands.get("k"))).isEmpty();
      assertThat(connection.isUp()).isFalse();
    }
  }

  @Test
  void config_notARedisUrl_isRefusedWithoutShowingThePassword() {
    assertThatThrownBy(() -> RedisConfig.of("http://user:secret@host"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }
}
