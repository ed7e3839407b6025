package dev.tideline.service.http;

import dev.tideline.cache.CacheRequest.Lookup;
import dev.tideline.cache.Cached.Source;
import dev.tideline.cache.Verdict;
import dev.tideline.engine.caching.ShopCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the tiers did for an answer, in the format of RFC 9211: one member for each lookup. A tier
 * has a hit if it had all requested keys.
 */
final class CacheStatus {

  private static final int KEY_MAX = 120;

  /** Looked up for nearly every answer, and nearly always a hit, so it is not informative. */
  private static final String WEIGHTS = "ranking_weights:";

  private CacheStatus() {}

  /** The header's value; empty if no cache was used. */
  static Optional<String> of(List<Lookup> all) {
    List<Lookup> lookups = all.stream().filter(one -> !one.key().startsWith(WEIGHTS)).toList();
    List<Lookup> results =
        lookups.stream().filter(one -> one.cache().equals(ShopCache.QUERY.label())).toList();
    List<Lookup> others = lookups.stream().filter(one -> !results.contains(one)).toList();
    List<String> members = new ArrayList<>();
    if (!others.isEmpty()) {
      members.add(local(others));
    }
    redis(others).ifPresent(members::add);
    if (!results.isEmpty()) {
      members.add(query(results));
    }
    return members.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", members));
  }

  private static String local(List<Lookup> lookups) {
    int asked = lookups.stream().mapToInt(Lookup::keys).sum();
    int found = lookups.stream().mapToInt(Lookup::local).sum();
    if (asked == found) {
      return "local; hit" + ttl(lookups) + key(lookups.getFirst());
    }
    Lookup first =
        lookups.stream().filter(one -> one.local() < one.keys()).findFirst().orElseThrow();
    return "local; fwd="
        + forward(first.localVerdict())
        + collapsed(lookups)
        + key(first)
        + detail(first.localVerdict(), found, asked);
  }

  private static Optional<String> redis(List<Lookup> lookups) {
    List<Lookup> asked = lookups.stream().filter(one -> one.redisVerdict() != null).toList();
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    int wanted = asked.stream().mapToInt(one -> one.keys() - one.local()).sum();
    int found = asked.stream().mapToInt(Lookup::redis).sum();
    if (found >= wanted) {
      return Optional.of("redis; hit" + ttl(asked) + key(asked.getFirst()));
    }
    Lookup first =
        asked.stream()
            .filter(one -> one.redis() < one.keys() - one.local())
            .findFirst()
            .orElseThrow();
    Verdict verdict = first.redisVerdict() == null ? Verdict.MISSING : first.redisVerdict();
    return Optional.of(
        "redis; fwd=" + forward(verdict) + key(first) + detail(verdict, found, wanted));
  }

  private static String query(List<Lookup> lookups) {
    boolean hit = lookups.stream().allMatch(one -> one.local() + one.redis() == one.keys());
    Lookup first = lookups.getFirst();
    return hit
        ? "query; hit" + ttl(lookups) + key(first)
        : "query; fwd=" + forward(first.localVerdict()) + collapsed(lookups) + key(first);
  }

  private static String forward(@Nullable Verdict verdict) {
    return switch (verdict) {
      case null -> "miss";
      case MISSING, MALFORMED -> "uri-miss";
      case EXPIRED, STALE, CLOSED, BELOW_FLOOR, OTHER_EPOCH, BEYOND_KNOWN, UNSURE -> "stale";
      case BEHIND -> "request";
      case AWAY -> "bypass";
      case HIT, HIT_BY_STAMP, HIT_BY_HORIZON, SERVED_STALE -> "miss";
    };
  }

  private static String collapsed(List<Lookup> lookups) {
    return lookups.stream().anyMatch(one -> one.source() == Source.SHARED) ? "; collapsed" : "";
  }

  private static String ttl(List<Lookup> lookups) {
    long least = lookups.stream().mapToLong(Lookup::ttlMillis).min().orElse(0);
    return "; ttl=" + least / 1000;
  }

  private static String key(Lookup lookup) {
    String key = lookup.cache() + ":" + lookup.key();
    return "; key=\"" + ascii(key.substring(0, Math.min(KEY_MAX, key.length()))) + '"';
  }

  private static String detail(Verdict verdict, int found, int asked) {
    return "; detail=\"%s, %d of %d\"".formatted(verdict.label(), found, asked);
  }

  /** As a string of a structured field (RFC 8941): printable ASCII alone. */
  private static String ascii(String text) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        safe.append('\\').append(c);
      } else {
        safe.append(c >= ' ' && c < 127 ? c : '?');
      }
    }
    return safe.toString();
  }
}
