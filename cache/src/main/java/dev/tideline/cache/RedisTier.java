package dev.tideline.cache;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries in Redis, for all instances. Redis is never needed: while it is away, slow or full the
 * circuit breaker keeps requests from waiting for it. Thread-safe.
 */
final class RedisTier {

  private static final Logger log = LoggerFactory.getLogger(RedisTier.class);

  /** Another one when the form of keys or entries changes: releases may run side by side. */
  private static final String PREFIX = "tideline:v2:";

  /** Larger values are kept in process alone. */
  static final int VALUE_BYTES_MAX = 1 << 20;

  private static final int SCAN_COUNT = 500;

  /**
   * Replaces an entry only by one that was read at or past its position, and gives back the lease.
   * What is no entry is replaced. An entry beyond the furthest position known is replaced only by
   * who has made sure that it is false; others are told, with 2, and nothing is done.
   */
  private static final String STORE =
      """
      local held = redis.pcall('GETRANGE', KEYS[1], 0, 16)
      local keep = false
      if type(held) == 'string' then
        local position = string.sub(held, 1, 16)
        local entry = #held == 17 and string.match(held, '^[0-9a-f]+[TZN]$')
        if entry and position > ARGV[4] and ARGV[5] == 'unsure' then return 2 end
        keep = entry and position > string.sub(ARGV[1], 1, 16) and position <= ARGV[4]
      end
      if not keep then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
      if ARGV[3] ~= '' and redis.pcall('GET', KEYS[2]) == ARGV[3] then redis.call('DEL', KEYS[2]) end
      return keep and 0 or 1
      """;

  private static final String RELEASE =
      """
      if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
      return 0
      """;

  /** What holds a lease's name for longer than a lease may last is no lease. */
  private static final String LEASE =
      """
      if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
        local left = redis.call('PTTL', KEYS[1])
        if left >= 0 and left <= tonumber(ARGV[2]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      end
      return 1
      """;

  private final RedisConnection redis;
  private final CircuitBreaker breaker;

  RedisTier(RedisConnection redis) {
    this.redis = redis;
    this.breaker =
        CircuitBreaker.of(
            "redis",
            CircuitBreakerConfig.custom()
                .slidingWindow(10, 20, CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofSeconds(30))
                .permittedNumberOfCallsInHalfOpenState(5)
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(5))
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(event ->
            log.warn(
                "caches in Redis: the circuit breaker is {}",
                event.getStateTransition().getToState()));
  }

  CircuitBreaker.State state() {
    return breaker.getState();
  }

  /** What was found in Redis. */
  sealed interface Found {
    record Value(ByteBuffer bytes) implements Found {}

    record Nothing() implements Found {}

    record Away() implements Found {}
  }

  private static final Found NOTHING = new Found.Nothing();
  private static final Found AWAY = new Found.Away();

  Found get(String name) {
    return ask(
            commands -> {
              byte[] bytes = value(commands, name);
              return bytes.length == 0 ? NOTHING : new Found.Value(ByteBuffer.wrap(bytes));
            })
        .orElse(AWAY);
  }

  /** A value of any length and type; one that is not an entry's is cut, or stands for nothing. */
  private static byte[] value(RedisClusterCommands<String, byte[]> commands, String name) {
    try {
      return commands.getrange(name, 0, VALUE_BYTES_MAX); // one byte more than an entry may have
    } catch (RedisCommandExecutionException e) {
      if (String.valueOf(e.getMessage()).startsWith("WRONGTYPE")) {
        return new byte[0]; // Redis is well
      }
      throw e;
    }
  }

  /** One answer for each name; all null if Redis is away. */
  List<byte @Nullable []> getAll(List<String> names) {
    return ask(
            commands -> {
              List<byte @Nullable []> values = new ArrayList<>(names.size());
              for (KeyValue<String, byte[]> one : commands.mget(names.toArray(String[]::new))) {
                values.add(one.getValueOrElse(null));
              }
              return values;
            })
        .orElseGet(() -> Collections.nCopies(names.size(), null));
  }

  /**
   * Keeps an entry and gives back the lease.
   *
   * @param furthest the furthest position known to exist
   * @param sure whether the database was asked for it after the entry that may be there was written
   * @return false if that has to be done, and nothing was
   */
  boolean store(
      String name,
      byte[] bytes,
      Duration kept,
      @Nullable String lease,
      long furthest,
      boolean sure) {
    if (bytes.length > VALUE_BYTES_MAX || !kept.isPositive()) {
      release(name, lease);
      return true;
    }
    return ask(commands ->
            commands.<Long>eval(
                STORE,
                ScriptOutputType.INTEGER,
                new String[] {name, leaseName(name)},
                bytes,
                ascii(Long.toString(kept.toMillis())),
                ascii(lease == null ? "" : lease),
                WireFormat.digits(furthest),
                ascii(sure ? "sure" : "unsure")))
        .map(stored -> stored != 2)
        .orElse(true);
  }

  /**
   * The right to load for all instances.
   *
   * @param id null if it was not given
   * @param taken whether another has it; else Redis is away
   */
  record Lease(@Nullable String id, boolean taken) {}

  Lease lease(String name, Duration longest) {
    String id = UUID.randomUUID().toString();
    return ask(
            commands -> {
              boolean given =
                  commands.<Long>eval(
                          LEASE,
                          ScriptOutputType.INTEGER,
                          new String[] {leaseName(name)},
                          ascii(id),
                          ascii(Long.toString(longest.toMillis())))
                      == 1;
              return new Lease(given ? id : null, !given);
            })
        .orElseGet(() -> {
          // it may have been given all the same, and nobody would give it back
          Thread.ofVirtual().start(() -> release(name, id));
          return new Lease(null, false);
        });
  }

  boolean isLeased(String name) {
    return ask(commands -> commands.exists(leaseName(name))).orElse(0L) > 0;
  }

  void release(String name, @Nullable String lease) {
    if (lease != null) {
      ask(commands ->
          commands.<Long>eval(
              RELEASE, ScriptOutputType.INTEGER, new String[] {leaseName(name)}, ascii(lease)));
    }
  }

  /** Deletes the entries of all caches, or those of one, of all histories; answers how many. */
  long deleteAll(String cache) {
    return ask(
            commands -> {
              long deleted = 0;
              ScanIterator<String> names =
                  ScanIterator.scan(
                      commands, ScanArgs.Builder.limit(SCAN_COUNT).match(PREFIX + cache + ":*"));
              while (names.hasNext()) {
                deleted += commands.unlink(names.next());
              }
              return deleted;
            })
        .orElse(0L);
  }

  private <T> Optional<T> ask(
      Function<RedisClusterCommands<String, byte[]>, @Nullable T> commands) {
    if (!breaker.tryAcquirePermission()) {
      return Optional.empty();
    }
    long start = System.nanoTime();
    try {
      T answer = redis.call(commands);
      breaker.onSuccess(System.nanoTime() - start, breaker.getTimestampUnit());
      return Optional.ofNullable(answer);
    } catch (RedisException e) {
      breaker.onError(System.nanoTime() - start, breaker.getTimestampUnit(), e);
      log.debug("Redis did not answer", e);
      return Optional.empty();
    }
  }

  /**
   * The name of an entry; it and its lease are in the same slot of a Redis cluster. A name ends in
   * a brace and a lease's does not, so no key can pass for another's lease.
   */
  static String name(String cache, String epoch, String key) {
    String own =
        CacheKey.builder().text("epoch", epoch).text("key", CacheKey.bounded(key)).canonical();
    return PREFIX + cache + ":{" + own + "}";
  }

  private static String leaseName(String name) {
    return name + ":lease";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
