package dev.tideline.engine.features;

import dev.tideline.cache.Codec;
import dev.tideline.cache.TieredCache;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.caching.WatchedTable;
import dev.tideline.routing.route.ReadContext;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads features of products through the cache. Features that depend on the shopper are read for
 * each request, together with those that are not cached, so that there is at most one statement.
 * Thread-safe.
 */
public final class FeatureCache {

  /** The features that do not depend on the shopper, in the order of cached values. */
  private static final List<Feature> SHARED =
      Arrays.stream(Feature.values())
          .filter(feature -> feature != Feature.TEXT && !feature.personal())
          .toList();

  private static final Codec<double[]> NUMBERS =
      new Codec<>() {
        @Override
        public byte[] encode(double[] values) {
          ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
          bytes.asDoubleBuffer().put(values);
          return bytes.array();
        }

        @Override
        public double[] decode(byte[] bytes) {
          double[] values = new double[SHARED.size()];
          ByteBuffer.wrap(bytes).asDoubleBuffer().get(values);
          return values;
        }
      };

  private final FeatureStore store;
  private final TieredCache<double[]> cache;

  public FeatureCache(FeatureStore store, ShopCaches caches) {
    this.store = store;
    this.cache = caches.cache(ShopCache.FEATURES, NUMBERS);
  }

  /**
   * The features of many products; nothing is read if no feature is wanted.
   *
   * @param ids at most a few hundred
   * @param shopper whose tastes count, for the features about them
   * @return a row for each id, in their order
   */
  public FeatureRows fetch(List<String> ids, Set<Feature> wanted, Shopper shopper, Reads reads) {
    Set<Feature> personal = EnumSet.noneOf(Feature.class);
    wanted.stream()
        .filter(feature -> feature.personal() && !shopper.isUnknown())
        .forEach(personal::add);
    boolean shared = SHARED.stream().anyMatch(wanted::contains);
    if (ids.isEmpty() || !shared) {
      return store.fetch(ids, personal, shopper, reads.sql());
    }
    AtomicReference<@Nullable FeatureRows> read = new AtomicReference<>();
    FeatureRows rows = FeatureRows.unknown(ids.size());
    Map<String, double[]> kept = new HashMap<>();
    cache
        .getAll(
            ids,
            reads.cache(),
            reads.batchLoader(
                (missing, sql) -> load(ids, missing, personal, shopper, sql, read),
                FeatureCache::tags))
        .forEach((id, cached) -> cached.find().ifPresent(values -> kept.put(id, values)));
    for (int i = 0; i < ids.size(); i++) {
      double[] values = kept.get(ids.get(i));
      for (int j = 0; values != null && j < values.length; j++) {
        rows.set(i, SHARED.get(j), values[j]);
      }
    }
    if (personal.isEmpty()) {
      return rows;
    }
    FeatureRows beside = read.get();
    FeatureRows own = beside == null ? store.fetch(ids, personal, shopper, reads.sql()) : beside;
    for (Feature feature : personal) {
      rows = rows.with(feature, own.column(feature));
    }
    return rows;
  }

  /**
   * Reads the missing products; if features of the shopper are wanted, reads all features of all
   * products.
   */
  private Map<String, double[]> load(
      List<String> ids,
      List<String> missing,
      Set<Feature> personal,
      Shopper shopper,
      ReadContext sql,
      AtomicReference<@Nullable FeatureRows> read) {
    Set<Feature> columns = EnumSet.copyOf(SHARED);
    columns.addAll(personal);
    List<String> asked = personal.isEmpty() ? missing : ids;
    FeatureRows rows = store.fetch(asked, columns, shopper, sql);
    if (!personal.isEmpty()) {
      read.set(rows);
    }
    Map<String, double[]> loaded = new HashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      int place = i;
      loaded.put(
          asked.get(i),
          SHARED.stream().mapToDouble(feature -> rows.column(feature)[place]).toArray());
    }
    return loaded;
  }

  private static Set<String> tags(String id) {
    return Set.of(WatchedTable.PRODUCTS.tag(id), WatchedTable.PRODUCT_FEATURES.tag());
  }
}
