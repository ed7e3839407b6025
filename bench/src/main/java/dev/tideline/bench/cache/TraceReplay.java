package dev.tideline.bench.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tideline.bench.cache.RequestLog.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What the tiers would have found of a log's requests, in the log's own time. Requests go to the
 * instances by turns; what is found further out is kept nearer for the rest of its time. Writes are
 * not known: what they would have invalidated counts as found. Not thread-safe.
 */
final class TraceReplay {

  /** Of an answer whose size the log does not tell. */
  private static final int USUAL_BYTES = 4096;

  /**
   * How the tiers are set.
   *
   * @param edge the edge's own time; zero without one
   * @param ttl of entries in process and in Redis
   * @param localBytes for each instance
   */
  record Tiers(int instances, Duration edge, Duration ttl, long localBytes, long redisBytes) {}

  /** How many requests found their answer where. */
  record Found(int edge, int local, int redis, int loaded) {

    int asked() {
      return edge + local + redis + loaded;
    }
  }

  private record Kept(long untilMillis, int bytes) {}

  private final Tiers tiers;
  private final Cache<String, Kept> edge = bounded(Long.MAX_VALUE);
  private final List<Cache<String, Kept>> local = new ArrayList<>();
  private final Cache<String, Kept> redis;
  private long millis;

  private TraceReplay(Tiers tiers) {
    this.tiers = tiers;
    this.redis = bounded(tiers.redisBytes());
    for (int i = 0; i < tiers.instances(); i++) {
      local.add(bounded(tiers.localBytes()));
    }
  }

  private static Cache<String, Kept> bounded(long bytes) {
    return Caffeine.newBuilder()
        .maximumWeight(bytes)
        .weigher((String key, Kept kept) -> 2 * key.length() + kept.bytes())
        .executor(Runnable::run) // so that a replay can be repeated
        .build();
  }

  static Found replay(List<Request> requests, Tiers tiers) {
    TraceReplay replay = new TraceReplay(tiers);
    int[] found = new int[4];
    int turn = 0;
    for (Request request : requests) {
      found[replay.ask(request, turn % tiers.instances())]++;
      turn++;
    }
    return new Found(found[0], found[1], found[2], found[3]);
  }

  /** Answers by the number of the tier that had it. */
  private int ask(Request request, int instance) {
    millis = Math.max(millis, request.millis());
    if (has(edge, request.url()) != null) {
      return 0;
    }
    String key = normalised(request.url());
    int bytes = request.bytes() > 0 ? request.bytes() : USUAL_BYTES;
    Cache<String, Kept> own = local.get(instance);
    int tier = 1;
    Kept kept = has(own, key);
    if (kept == null) {
      tier = 2;
      kept = has(redis, key);
      if (kept == null) {
        tier = 3;
        kept = new Kept(millis + tiers.ttl().toMillis(), bytes);
        redis.put(key, kept);
      }
      own.put(key, kept);
    }
    if (tiers.edge().isPositive()) {
      edge.put(request.url(), new Kept(millis + tiers.edge().toMillis(), bytes));
    }
    return tier;
  }

  private Kept has(Cache<String, Kept> cache, String key) {
    Kept kept = cache.getIfPresent(key);
    return kept != null && kept.untilMillis() > millis ? kept : null;
  }

  /** As instances do it: case and blanks folded, parameters in order. */
  static String normalised(String url) {
    int mark = url.indexOf('?');
    if (mark < 0) {
      return url;
    }
    String[] parameters =
        url.substring(mark + 1)
            .toLowerCase(Locale.ROOT)
            .replaceAll("(%20|\\+)+", "+")
            .split("&", -1);
    Arrays.sort(parameters);
    return url.substring(0, mark) + '?' + String.join("&", parameters).replaceAll("\\+(&|$)", "$1");
  }
}
