package dev.tideline.cache;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis, shared by all threads. It is opened and reopened in the background.
 *
 * <p>Redis is never required for an answer: {@link #ask} is empty if Redis is unavailable, slow or
 * refuses the command. Each time Redis becomes unavailable, this is logged once. Thread-safe.
 */
public final class RedisConnection implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisConnection.class);

  /** Longer than the longest wait for an answer. */
  private static final Duration STOP_WAIT = Duration.ofSeconds(30);

  private static final Duration PROBE_INTERVAL = Duration.ofMillis(500);

  /** Consecutive pings without an answer after which Redis counts as unavailable. */
  private static final int SLOW_PINGS_MAX = 3;

  /** Commands that are sent before the first of them is answered. */
  private static final int PIPELINED_MAX = 100;

  static final RedisCodec<String, byte[]> BYTES =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final RedisConfig config;
  private final RedisClient client;
  private volatile RedisClient.@Nullable Open<String> texts;
  private volatile RedisClient.@Nullable Open<byte[]> bytes;
  private volatile boolean up;
  private final BackgroundLoop keeper;

  // of the keeper alone
  private int failures;
  private boolean told = true;

  private RedisConnection(RedisConfig config) {
    this.config = config;
    this.client = new RedisClient(config);
    this.keeper = BackgroundLoop.start("redis-probe", this::keep);
  }

  /** Begins to connect; does not wait for it. */
  public static RedisConnection open(RedisConfig config) {
    return new RedisConnection(config);
  }

  RedisClient client() {
    return client;
  }

  /** Asks Redis again and again, so that its state is known before anyone needs it. */
  private boolean keep() throws InterruptedException {
    connect();
    failures = ask(RedisClusterCommands::ping).isPresent() ? 0 : failures + 1;
    boolean now = failures == 0 || (up && isOpen() && failures < SLOW_PINGS_MAX);
    if (now ? !told : told && failures > 1) {
      log.warn(now ? "Redis is back" : "Redis is away");
      told = now;
    }
    up = now;
    TimeUnit.NANOSECONDS.sleep(PROBE_INTERVAL.toNanos());
    return true;
  }

  private boolean isOpen() {
    RedisClient.Open<String> current = texts;
    return current != null && current.isOpen();
  }

  private void connect() {
    try {
      if (texts == null) {
        texts = client.connect(StringCodec.UTF8, config.timeout());
      }
      if (bytes == null) {
        bytes = client.connect(BYTES, config.timeout());
      }
    } catch (RedisException e) {
      log.debug("cannot connect to Redis", e);
    }
  }

  /** What Redis answers to commands, or nothing if it does not in time. */
  public <T> Optional<T> ask(Function<RedisClusterCommands<String, String>, @Nullable T> commands) {
    RedisClient.Open<String> current = texts;
    if (current == null) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(commands.apply(current.commands()));
    } catch (RedisException e) {
      log.debug("Redis did not answer", e);
      return Optional.empty();
    }
  }

  /**
   * What Redis answers to commands with bytes as values.
   *
   * @throws RedisException if it does not in time, or refuses
   */
  <T extends @Nullable Object> T call(Function<RedisClusterCommands<String, byte[]>, T> commands) {
    RedisClient.Open<byte[]> current = bytes;
    if (current == null) {
      throw new RedisException("there is no connection yet");
    }
    return commands.apply(current.commands());
  }

  /**
   * The answers to a command for each of several arguments. The commands are pipelined, in groups
   * of limited size.
   *
   * @throws RedisException if one is not answered in time, or is refused
   */
  <A, T> List<T> callAll(
      List<A> arguments,
      BiFunction<RedisClusterAsyncCommands<String, byte[]>, A, RedisFuture<T>> command) {
    RedisClient.Open<byte[]> current = bytes;
    if (current == null) {
      throw new RedisException("there is no connection yet");
    }
    List<T> answers = new ArrayList<>(arguments.size());
    for (int from = 0; from < arguments.size(); from += PIPELINED_MAX) {
      List<A> part = arguments.subList(from, Math.min(from + PIPELINED_MAX, arguments.size()));
      List<RedisFuture<T>> sent =
          part.stream().map(argument -> command.apply(current.async(), argument)).toList();
      for (RedisFuture<T> one : sent) {
        answers.add(
            LettuceFutures.awaitOrCancel(one, config.timeout().toNanos(), TimeUnit.NANOSECONDS));
      }
    }
    return answers;
  }

  /** Whether Redis answers: as of the last half second, and not for one slow answer alone. */
  public boolean isUp() {
    return up;
  }

  /** Waits until Redis answers; answers whether it does. */
  public boolean awaitUp(Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    while (!up && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return up;
  }

  @Override
  public void close() {
    keeper.close();
    try {
      keeper.join(STOP_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(texts);
    close(bytes);
    client.close();
  }

  private static void close(RedisClient.@Nullable Open<?> open) {
    if (open != null) {
      open.close();
    }
  }
}
