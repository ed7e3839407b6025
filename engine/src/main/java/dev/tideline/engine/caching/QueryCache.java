package dev.tideline.engine.caching;

import dev.tideline.cache.CacheKey;
import dev.tideline.cache.Codec;
import dev.tideline.cache.Loaded;
import dev.tideline.cache.TieredCache;
import dev.tideline.routing.RouteDecision;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.StatementKind;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches the results of statements by text and parameters. A result is cached only if its statement
 * writes nothing, calls no volatile function, and reads only {@linkplain WatchedTable watched
 * tables}. Other statements are run each time. Thread-safe.
 */
public final class QueryCache {

  private static final Logger log = LoggerFactory.getLogger(QueryCache.class);

  private static final int STATEMENTS_MAX = 10_000;

  private final TieredCache<Result> cache;
  private final Function<String, RouteDecision> explain;
  private final Map<String, Boolean> fit = new ConcurrentHashMap<>();

  /** A result as bytes, and its decoded value once that is known. */
  private static final class Result {
    private final byte[] bytes;
    private volatile @Nullable Object value;

    Result(byte[] bytes, @Nullable Object value) {
      this.bytes = bytes;
      this.value = value;
    }

    @SuppressWarnings("unchecked") // the same key is always read by the same codec
    <T> T value(Codec<T> codec) {
      Object known = value;
      if (known == null) {
        known = codec.decode(bytes);
        value = known;
      }
      return (T) known;
    }
  }

  private static final Codec<Result> BYTES =
      new Codec<>() {
        @Override
        public byte[] encode(Result result) {
          return result.bytes;
        }

        @Override
        public Result decode(byte[] bytes) {
          return new Result(bytes, null);
        }
      };

  /**
   * A cache of results.
   *
   * @param explain classifies a statement
   */
  public QueryCache(ShopCaches caches, Function<String, RouteDecision> explain) {
    this.cache = caches.cache(ShopCache.QUERY, BYTES);
    this.explain = explain;
  }

  /**
   * A statement with its parameters.
   *
   * @param key the same for all statements of the same text and parameters
   */
  public record Statement(String key, String sql) {

    /**
     * A statement.
     *
     * @param name the statement's name, which makes keys readable
     */
    public static Statement of(
        String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
      CacheKey key = CacheKey.builder().text("sql", sql);
      new TreeMap<String, @Nullable Object>(parameters).forEach(key::parameter);
      return new Statement(name + ":" + key.digest(), sql);
    }
  }

  /** Returns the cached result, or runs the read and caches its result. */
  public <T> T read(Statement statement, Codec<T> codec, Reads reads, Reads.Read<T> run) {
    if (!isFit(statement)) {
      return Objects.requireNonNull(run.read(reads.sql()).value());
    }
    return cache
        .get(
            statement.key(),
            reads.cache(),
            reads.loader(sql -> {
              Loaded<T> found = run.read(sql);
              T value = Objects.requireNonNull(found.value());
              Result result = new Result(codec.encode(value), value);
              return Loaded.of(result, found.tags());
            }))
        .find()
        .orElseThrow()
        .value(codec);
  }

  /** A read that calls {@code random()} may run on any node, but its result must not be cached. */
  static boolean mayBeKept(Classification what) {
    return what.kind() == StatementKind.READ
        && !what.varies()
        && WatchedTable.tables().containsAll(what.tables());
  }

  private boolean isFit(Statement statement) {
    Boolean known = fit.get(statement.sql());
    if (known != null) {
      return known;
    }
    Classification what = explain.apply(statement.sql()).why();
    boolean now = mayBeKept(what);
    if (what.reason() == Classification.Reason.CATALOG_UNKNOWN) {
      return false; // the catalog may be known soon
    }
    if (!now) {
      log.warn(
          "results of {} are not cached: {} {} {}",
          statement.key(),
          what.reason().label(),
          what.detail(),
          what.tables());
    }
    if (fit.size() < STATEMENTS_MAX) {
      fit.put(statement.sql(), now);
    }
    return now;
  }
}
