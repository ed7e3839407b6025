package dev.tideline.cache;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis, shared by all threads; it comes about and comes back in the background.
 *
 * <p>Redis is never needed for an answer: {@link #ask} is empty when Redis is away, slow or
 * refuses, and says so in the log once for each time it goes. Thread-safe.
 */
public final class RedisConnection implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisConnection.class);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final ClientResources resources;
  private final RedisClient client;
  private final AtomicReference<@Nullable StatefulRedisConnection<String, String>> connection =
      new AtomicReference<>();
  private final AtomicBoolean up = new AtomicBoolean(true);
  private final Thread keeper;

  private RedisConnection(RedisConfig config) {
    RedisURI uri = RedisURI.create(config.url());
    uri.setTimeout(config.timeout());
    this.resources = ClientResources.builder().reconnectDelay(Delay.constant(RETRY)).build();
    this.client = RedisClient.create(resources, uri);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(true)
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(config.requestsMax())
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build())
            .timeoutOptions(TimeoutOptions.enabled(config.timeout()))
            .build());
    this.keeper = Thread.ofVirtual().name("redis-probe").start(this::keep);
  }

  /** Begins to connect; does not wait for it. */
  public static RedisConnection open(RedisConfig config) {
    return new RedisConnection(config);
  }

  /** Asks Redis again and again, so that its state is known before anyone needs it. */
  private void keep() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        if (connection.get() == null) {
          connect();
        }
        ask(RedisCommands::ping);
        TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
      }
    } catch (InterruptedException e) {
      // close() wants this thread to end
    }
  }

  private void connect() {
    try {
      connection.set(client.connect());
    } catch (RedisException e) {
      mark(false, e);
    }
  }

  /** What Redis answers to commands, or nothing if it does not in time. */
  public <T> Optional<T> ask(Function<RedisCommands<String, String>, @Nullable T> commands) {
    StatefulRedisConnection<String, String> current = connection.get();
    if (current == null) {
      return Optional.empty();
    }
    try {
      Optional<T> answer = Optional.ofNullable(commands.apply(current.sync()));
      mark(true, null);
      return answer;
    } catch (RedisException e) {
      mark(false, e);
      return Optional.empty();
    }
  }

  /** Whether the last command was answered. */
  public boolean isUp() {
    return connection.get() != null && up.get();
  }

  private void mark(boolean now, @Nullable RedisException why) {
    if (up.compareAndSet(!now, now)) {
      if (now) {
        log.info("Redis is back");
      } else {
        log.warn("Redis is away: {}", why == null ? "" : why.getMessage());
      }
    }
  }

  @Override
  public void close() {
    keeper.interrupt();
    StatefulRedisConnection<String, String> current = connection.getAndSet(null);
    if (current != null) {
      current.close();
    }
    client.shutdown(Duration.ZERO, STOP_TIMEOUT);
    resources
        .shutdown(0, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(STOP_TIMEOUT.toMillis());
  }
}
