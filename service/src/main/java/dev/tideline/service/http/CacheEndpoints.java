package dev.tideline.service.http;

import dev.tideline.cache.CacheRequest.NotCachedException;
import dev.tideline.cache.CacheStats;
import dev.tideline.cache.Caches;
import dev.tideline.cache.Stamp;
import dev.tideline.cache.Tags;
import dev.tideline.cache.Tier;
import dev.tideline.cache.TieredCache;
import dev.tideline.cache.TieredCache.Peek;
import dev.tideline.cache.Verdict;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.outbox.Outbox;
import dev.tideline.engine.warming.Warmer;
import dev.tideline.routing.token.Position;
import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.http.RouteTable.Match;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The calls of operators about caches. */
final class CacheEndpoints {

  private static final int TAGS_MAX = 1_000;
  private static final int TAG_LENGTH_MAX = 600;
  private static final double MILLIS = 1e3;

  private final Caches caches;
  private final Outbox outbox;
  private final Warmer warmer;
  private final RouteTable shop;
  private final TokenKeys tokens;

  /**
   * Their endpoints.
   *
   * @param shop the calls that {@code explain} can explain
   */
  CacheEndpoints(Caches caches, Outbox outbox, Warmer warmer, RouteTable shop, TokenKeys tokens) {
    this.caches = caches;
    this.outbox = outbox;
    this.warmer = warmer;
    this.shop = shop;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Route.admin(Method.GET, "/admin/v1/cache/stats", this::stats),
        Route.admin(Method.GET, "/admin/v1/cache/explain", this::explain),
        Route.admin(Method.POST, "/admin/v1/cache/invalidate", this::invalidate),
        Route.admin(Method.POST, "/admin/v1/cache/warm", this::warm));
  }

  // stats

  record TierStats(@Nullable Double hitRate, Map<String, Long> verdicts) {

    static TierStats of(CacheStats stats, Tier tier) {
      Map<String, Long> named = new LinkedHashMap<>();
      for (Map.Entry<Verdict, Long> one :
          stats.verdicts().getOrDefault(tier, Map.of()).entrySet()) {
        named.put(one.getKey().label(), one.getValue());
      }
      return new TierStats(orNull(stats.hitRate(tier)), named);
    }
  }

  record EstimatedHitRate(
      @Nullable Double halfSize, @Nullable Double sameSize, @Nullable Double doubleSize) {}

  record CacheView(
      String cache,
      double ttlSeconds,
      double staleForSeconds,
      boolean inRedis,
      long entries,
      long bytes,
      long bytesMax,
      long evictions,
      long loads,
      double loadMillis,
      long staleRejections,
      TierStats local,
      TierStats redis,
      EstimatedHitRate estimatedHitRate) {

    static CacheView of(CacheStats stats) {
      long rejected =
          stats.verdicts().values().stream()
              .flatMap(counts -> counts.entrySet().stream())
              .filter(one -> isRejection(one.getKey()))
              .mapToLong(Map.Entry::getValue)
              .sum();
      return new CacheView(
          stats.settings().name(),
          stats.settings().ttl().toMillis() / MILLIS,
          stats.settings().staleFor().toMillis() / MILLIS,
          stats.settings().shared(),
          stats.entries(),
          stats.bytes(),
          stats.bytesMax(),
          stats.evictions(),
          stats.loads(),
          stats.loadMillis(),
          rejected,
          TierStats.of(stats, Tier.LOCAL),
          TierStats.of(stats, Tier.REDIS),
          new EstimatedHitRate(
              orNull(stats.halfSize()), orNull(stats.sameSize()), orNull(stats.doubleSize())));
    }

    private static boolean isRejection(Verdict verdict) {
      return switch (verdict) {
        case STALE, CLOSED, BELOW_FLOOR, OTHER_EPOCH, BEHIND, BEYOND_KNOWN, UNSURE -> true;
        case HIT, HIT_BY_STAMP, HIT_BY_HORIZON, SERVED_STALE, MISSING, EXPIRED, AWAY, MALFORMED ->
            false;
      };
    }
  }

  record Known(String epoch, long horizon, double silenceSeconds) {}

  record Stats(Known invalidations, @Nullable String redisBreaker, List<CacheView> caches) {}

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private Answer stats(Call call) {
    call.parameters().check();
    Stamp horizon = caches.invalidations().horizon();
    return Answer.ok(
        new Stats(
            new Known(
                horizon.epoch(),
                horizon.position(),
                caches.invalidations().silence().toMillis() / MILLIS),
            caches.redisState().map(state -> state.name().toLowerCase(Locale.ROOT)).orElse(null),
            caches.all().stream().map(TieredCache::stats).map(CacheView::of).toList()));
  }

  // explain

  record Part(
      String cache,
      String key,
      String local,
      @Nullable String redis,
      List<String> tags,
      String epoch,
      long position,
      double ageSeconds,
      double ttlSeconds,
      int bytes) {

    static Part of(Peek peek) {
      Verdict redis = peek.redis();
      return new Part(
          peek.cache(),
          peek.key(),
          peek.local().label(),
          redis == null ? null : redis.label(),
          peek.tags(),
          peek.stamp().epoch(),
          peek.stamp().position(),
          peek.ageMillis() / MILLIS,
          peek.ttlMillis() / MILLIS,
          peek.bytes());
    }
  }

  record Explained(boolean cached, String why, List<Part> parts) {}

  private Answer explain(Call call) {
    Parameters parameters = call.parameters();
    String url = parameters.required("url");
    parameters.check();
    URI asked = uri(url);
    String path = asked.getRawPath() == null ? "" : asked.getRawPath();
    if (!(shop.find("GET", path) instanceof Match.Found(Route route, Map<String, String> found))) {
      throw InvalidInputException.of("url", "must be a GET of the shop, such as /v1/search?q=lamp");
    }
    String query = asked.getRawQuery() == null ? "" : asked.getRawQuery();
    Call other = call.explaining(UriQuery.create(query), found);
    String why = "all that the answer is made of is cached";
    boolean cached = true;
    try {
      route.endpoint().answer(other);
    } catch (NotCachedException e) {
      cached = false;
      why = String.valueOf(e.getMessage());
    }
    List<Part> parts = other.reads().cache().peeks().stream().map(Part::of).toList();
    return Answer.ok(
        new Explained(
            cached && !parts.isEmpty(), parts.isEmpty() ? "no cache is asked" : why, parts));
  }

  private static URI uri(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw InvalidInputException.of("url", "is not a URL: " + e.getReason());
    }
  }

  // invalidate

  record Invalidated(List<String> tags) {}

  private Answer invalidate(Call call) {
    call.parameters().check();
    JsonFields fields = new JsonFields(JsonBodies.one(call));
    List<String> tags = new ArrayList<>(fields.texts("tags"));
    fields.texts("keys").forEach(pattern -> tags.add("keys:" + pattern));
    if (fields.bool("all", false)) {
      tags.add(Tags.ALL);
    }
    if (!fields.errors().isEmpty()) {
      throw new InvalidInputException(fields.errors());
    }
    if (tags.isEmpty() || tags.size() > TAGS_MAX) {
      throw InvalidInputException.of(
          "tags", "name tags, keys (CACHE:KEY, * for anything) or all; 1 to " + TAGS_MAX);
    }
    if (tags.stream().anyMatch(CacheEndpoints::isNoTag)) {
      throw InvalidInputException.of(
          "tags", "must be 1 to " + TAG_LENGTH_MAX + " characters, no control characters");
    }
    Position position = outbox.invalidate(tags);
    return Answer.ok(new Invalidated(tags)).with(ConsistencyHeaders.TOKEN, tokens.sign(position));
  }

  private static boolean isNoTag(String tag) {
    return tag.isBlank() || tag.length() > TAG_LENGTH_MAX || Identifiers.hasControlCharacter(tag);
  }

  // warm

  record Warmed(int wanted, int read, double seconds) {}

  private Answer warm(Call call) {
    call.parameters().check();
    Warmer.Report report = warmer.warm(Warmer.Bounds.DEFAULT, read -> {});
    return Answer.ok(new Warmed(report.wanted(), report.read(), report.took().toMillis() / MILLIS));
  }
}
