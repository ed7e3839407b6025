package dev.tideline.service.instance;

import dev.tideline.cache.RedisConnection;
import dev.tideline.routing.node.PositionLedger;
import dev.tideline.routing.token.Position;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How far each history had come, where all instances can see it: so a primary that was set back is
 * found by an instance that has not seen it before.
 */
final class RedisLedger implements PositionLedger {

  private static final String PREFIX = "tideline:position:";
  private static final Duration KEPT = Duration.ofDays(30);

  private final RedisConnection redis;

  RedisLedger(RedisConnection redis) {
    this.redis = redis;
  }

  @Override
  public OptionalLong highest(String epoch) {
    return redis
        .<String>ask(commands -> commands.get(PREFIX + epoch))
        .map(RedisLedger::number)
        .orElse(OptionalLong.empty());
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // not ours; it will be overwritten
    }
  }

  /** The last one to write wins: each was a place that the primary had been at. */
  @Override
  public void record(Position position) {
    redis.ask(commands ->
        commands.set(
            PREFIX + position.epoch(), Long.toString(position.lsn()), SetArgs.Builder.ex(KEPT)));
  }
}
