package dev.tideline.cache;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries in Redis, shared by all instances. Redis is never required: while it is unavailable, slow
 * or full, the circuit breaker prevents requests from waiting for it. Thread-safe.
 */
final class RedisTier {

  private static final Logger log = LoggerFactory.getLogger(RedisTier.class);

  /** Changes with the format of keys or entries, because releases may run side by side. */
  private static final String PREFIX = "tideline:v2:";

  /** Larger values are only kept in process. */
  static final int VALUE_BYTES_MAX = 1 << 20;

  private static final int SCAN_COUNT = 500;

  /**
   * Replaces an entry only by one that was read at or after its position, and releases the lease. A
   * value that is not an entry is replaced. An entry beyond the furthest known position is replaced
   * only by a caller that has verified that it is false; for other callers the script returns 2 and
   * does nothing.
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

  /** The value of each name; empty if Redis is unavailable. */
  Optional<List<Optional<ByteBuffer>>> getAll(List<String> names) {
    return ask(commands -> {
      List<Optional<ByteBuffer>> values = new ArrayList<>(names.size());
      if (names.size() == 1) {
        byte[] bytes = value(commands, names.getFirst());
        values.add(bytes.length == 0 ? Optional.empty() : Optional.of(ByteBuffer.wrap(bytes)));
      } else {
        for (KeyValue<String, byte[]> one : commands.mget(names.toArray(String[]::new))) {
          values.add(
              one.hasValue() ? Optional.of(ByteBuffer.wrap(one.getValue())) : Optional.empty());
        }
      }
      return values;
    });
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

  /**
   * Stores an entry and releases the lease.
   *
   * @param furthest the furthest position known to exist
   * @param sure whether the furthest position was queried after the present entry was written
   * @return false if it has to be queried first; then nothing was stored
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
   * @param taken whether another instance holds it; otherwise Redis is unavailable
   */
  record Lease(@Nullable String id, boolean taken) {}

  /** One answer for each name. */
  List<Lease> lease(List<String> names, Duration longest) {
    List<Asked> asked =
        names.stream().map(name -> new Asked(name, UUID.randomUUID().toString())).toList();
    byte[] millis = ascii(Long.toString(longest.toMillis()));
    return askAll(
            asked,
            (commands, one) ->
                commands.<Long>eval(
                    LEASE,
                    ScriptOutputType.INTEGER,
                    new String[] {leaseName(one.name())},
                    ascii(one.id()),
                    millis))
        .map(given -> {
          List<Lease> leases = new ArrayList<>(asked.size());
          for (int i = 0; i < asked.size(); i++) {
            boolean mine = given.get(i) == 1;
            leases.add(new Lease(mine ? asked.get(i).id() : null, !mine));
          }
          return leases;
        })
        .orElseGet(() -> {
          // some leases may have been taken nevertheless, and would not be released
          Thread.ofVirtual().start(() -> asked.forEach(one -> release(one.name(), one.id())));
          return Collections.nCopies(names.size(), new Lease(null, false));
        });
  }

  private record Asked(String name, String id) {}

  /** Whether the lease of each name is held; false for all if Redis is unavailable. */
  List<Boolean> areLeased(List<String> names) {
    return askAll(names, (commands, name) -> commands.exists(leaseName(name)))
        .map(found -> found.stream().map(count -> count > 0).toList())
        .orElseGet(() -> Collections.nCopies(names.size(), false));
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

  private <A, T> Optional<List<T>> askAll(
      List<A> arguments,
      BiFunction<RedisClusterAsyncCommands<String, byte[]>, A, RedisFuture<T>> command) {
    return guarded(() -> redis.callAll(arguments, command));
  }

  private <T> Optional<T> ask(
      Function<RedisClusterCommands<String, byte[]>, @Nullable T> commands) {
    return guarded(() -> redis.call(commands));
  }

  private <T> Optional<T> guarded(Supplier<@Nullable T> call) {
    if (!breaker.tryAcquirePermission()) {
      return Optional.empty();
    }
    long start = System.nanoTime();
    try {
      T answer = call.get();
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
