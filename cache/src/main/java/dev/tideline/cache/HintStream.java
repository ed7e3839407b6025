package dev.tideline.cache;

import io.lettuce.core.RedisCommandExecutionException;
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
 * Notifies instances of each other's writes through a stream in Redis, so that they read the log at
 * once. Correctness does not depend on it: messages may be lost, repeated, reordered or wrong.
 * Thread-safe.
 */
public final class HintStream implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HintStream.class);

  static final String STREAM = "tideline:v1:invalidations";
  private static final int LENGTH_MAX = 1_000;
  private static final Duration BLOCK = Duration.ofSeconds(1);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
  private static final int READ_MAX = 500;

  /** Between two reads of a stream that is never empty. */
  private static final Duration PACE = Duration.ofMillis(5);

  private final RedisConnection redis;
  private final Invalidations invalidations;
  private final BackgroundLoop loop;

  // of the loop alone
  private RedisClient.@Nullable Open<String> open;
  private String last = "$";
  private boolean refused;

  private volatile boolean closed;

  private HintStream(RedisConnection redis, Invalidations invalidations) {
    this.redis = redis;
    this.invalidations = invalidations;
    this.loop = BackgroundLoop.start("invalidation-hints", this::listen);
  }

  /** Begins to listen. */
  public static HintStream open(RedisConnection redis, Invalidations invalidations) {
    return new HintStream(redis, invalidations);
  }

  /** Tells all instances, this one at once, of a write whose place is known. */
  public void tell(Stamp at, List<String> tags, String reason) {
    invalidations.wrote(at, tags, reason);
    redis.ask(commands ->
        commands.xadd(
            STREAM,
            XAddArgs.Builder.maxlen(LENGTH_MAX).approximateTrimming(),
            new Hint(at, tags, reason, Duration.ZERO).fields(System.currentTimeMillis())));
  }

  @SuppressWarnings("unchecked") // an array of one generic type, made by the compiler
  private boolean listen() {
    if (closed) {
      close(open);
      return false;
    }
    try {
      RedisClient.Open<String> current = open;
      if (current == null) {
        current = redis.client().connect(StringCodec.UTF8, BLOCK.plusSeconds(2));
        open = current;
        last = "$";
      }
      List<StreamMessage<String, String>> messages =
          current
              .commands()
              .xread(
                  XReadArgs.Builder.block(BLOCK).count(READ_MAX), StreamOffset.from(STREAM, last));
      for (StreamMessage<String, String> message : messages) {
        last = message.getId();
        hear(message.getBody());
      }
      refused = false;
      pause(messages.isEmpty() ? Duration.ZERO : PACE);
    } catch (RedisException e) {
      failed(e);
      close(open);
      open = null;
      pause(RETRY_PAUSE);
    }
    return true;
  }

  private void failed(RedisException e) {
    if (e instanceof RedisCommandExecutionException && !refused) { // it is there, but no stream
      refused = true;
      log.warn(
          "cannot read {} in Redis; invalidations are read from the database alone: {}",
          STREAM,
          e.getMessage());
    }
    log.debug("the stream of invalidations cannot be read", e);
  }

  private void hear(Map<String, String> message) {
    Hint.read(message, System.currentTimeMillis())
        .ifPresentOrElse(
            hint -> invalidations.heard(hint.at(), hint.tags(), hint.reason(), hint.age()),
            () -> log.debug("a message in {} is not understood", STREAM));
  }

  private static void close(RedisClient.@Nullable Open<?> open) {
    if (open != null) {
      open.close();
    }
  }

  private void pause(Duration pause) {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    loop.close();
    try {
      loop.join(BLOCK.multipliedBy(4));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
