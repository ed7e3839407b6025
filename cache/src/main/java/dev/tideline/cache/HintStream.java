package dev.tideline.cache;

import io.lettuce.core.RedisException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells instances of each other's writes by a stream in Redis, before the log shows them. It is
 * never relied on: it may lose, repeat and reorder. Thread-safe.
 */
public final class HintStream implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HintStream.class);

  private static final String STREAM = "tideline:v1:invalidations";
  private static final int LENGTH_MAX = 1_000;
  private static final Duration BLOCK = Duration.ofSeconds(1);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
  private static final int READ_MAX = 500;

  private final RedisConnection redis;
  private final Invalidations invalidations;
  private final Thread thread;
  private volatile boolean closed;

  private HintStream(RedisConnection redis, Invalidations invalidations) {
    this.redis = redis;
    this.invalidations = invalidations;
    this.thread = Thread.ofVirtual().name("invalidation-hints").start(this::listen);
  }

  /** Begins to listen. */
  public static HintStream open(RedisConnection redis, Invalidations invalidations) {
    return new HintStream(redis, invalidations);
  }

  /** Tells all instances, this one at once, of a write whose place is known. */
  public void tell(Stamp at, List<String> tags, String reason) {
    invalidations.heard(at, tags, reason, Duration.ZERO);
    redis.ask(commands ->
        commands.xadd(
            STREAM,
            XAddArgs.Builder.maxlen(LENGTH_MAX).approximateTrimming(),
            Map.of(
                "epoch", at.epoch(),
                "position", Long.toString(at.position()),
                "reason", reason,
                "told", Long.toString(System.currentTimeMillis()),
                "tags", String.join("\n", tags))));
  }

  @SuppressWarnings("unchecked") // an array of one generic type, made by the compiler
  private void listen() {
    RedisClient.Open<String> open = null;
    String last = "$";
    while (!closed) {
      try {
        if (open == null) {
          open = redis.client().connect(StringCodec.UTF8, BLOCK.plusSeconds(2));
          last = "$";
        }
        List<StreamMessage<String, String>> messages =
            open.commands()
                .xread(
                    XReadArgs.Builder.block(BLOCK).count(READ_MAX),
                    StreamOffset.from(STREAM, last));
        for (StreamMessage<String, String> message : messages) {
          last = message.getId();
          hear(message.getBody());
        }
      } catch (RedisException e) {
        log.debug("the stream of invalidations cannot be read", e);
        close(open);
        open = null;
        pause();
      }
    }
    close(open);
  }

  /** What is not understood is not ours, or of another release. */
  private void hear(Map<String, String> body) {
    try {
      long age = System.currentTimeMillis() - Long.parseLong(body.getOrDefault("told", "0"));
      invalidations.heard(
          new Stamp(
              body.getOrDefault("epoch", ""), Long.parseLong(body.getOrDefault("position", "0"))),
          List.of(body.getOrDefault("tags", Tags.ALL).split("\n", -1)),
          body.getOrDefault("reason", "unknown"),
          Duration.ofMillis(Math.max(0, age)));
    } catch (NumberFormatException e) {
      log.debug("a message that is not understood", e);
    }
  }

  private static void close(RedisClient.@Nullable Open<?> open) {
    if (open != null) {
      open.close();
    }
  }

  private void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(RETRY_PAUSE.toNanos());
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(BLOCK.multipliedBy(4).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
