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
  private static final Duration RECONNECT_DELAY = Duration.ofMillis(300);
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(500);

  /** Pings in a row that may go without an answer before Redis counts as away. */
  private static final int SLOW_PINGS_MAX = 3;

  private final Duration timeout;
  private final ClientResources resources;
  private final RedisClient client;
  private final AtomicReference<@Nullable StatefulRedisConnection<String, String>> connection =
      new AtomicReference<>();
  private volatile boolean up;
  private final Thread keeper;

  private RedisConnection(RedisConfig config) {
    this.timeout = config.timeout();
    RedisURI uri = RedisURI.create(config.url());
    uri.setTimeout(CONNECT_TIMEOUT);
    this.resources =
        ClientResources.builder().reconnectDelay(Delay.constant(RECONNECT_DELAY)).build();
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
    int failures = 0;
    boolean told = true;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        if (connection.get() == null) {
          connect();
        }
        failures = ask(RedisCommands::ping).isPresent() ? 0 : failures + 1;
        boolean now = failures == 0 || (up && isOpen() && failures < SLOW_PINGS_MAX);
        if (now ? !told : told && failures > 1) {
          log.warn(now ? "Redis is back" : "Redis is away");
          told = now;
        }
        up = now;
        TimeUnit.NANOSECONDS.sleep(PROBE_INTERVAL.toNanos());
      }
    } catch (InterruptedException e) {
      // close() wants this thread to end
    }
  }

  private boolean isOpen() {
    StatefulRedisConnection<String, String> current = connection.get();
    return current != null && current.isOpen();
  }

  private void connect() {
    try {
      StatefulRedisConnection<String, String> fresh = client.connect();
      fresh.setTimeout(timeout);
      connection.set(fresh);
    } catch (RedisException e) {
      log.debug("cannot connect to Redis", e);
    }
  }

  /** What Redis answers to commands, or nothing if it does not in time. */
  public <T> Optional<T> ask(Function<RedisCommands<String, String>, @Nullable T> commands) {
    StatefulRedisConnection<String, String> current = connection.get();
    if (current == null) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(commands.apply(current.sync()));
    } catch (RedisException e) {
      log.debug("Redis did not answer", e);
      return Optional.empty();
    }
  }

  /** Whether Redis answers: as of the last half second, and not for one slow answer alone. */
  public boolean isUp() {
    return up;
  }

  @Override
  public void close() {
    keeper.interrupt();
    try {
      keeper.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
