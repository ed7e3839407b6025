package dev.tideline.service.config;

import dev.tideline.cache.edge.CloudflareEdge;
import dev.tideline.cache.edge.EdgeCache;
import dev.tideline.cache.edge.EdgePurger;
import dev.tideline.cache.edge.FastlyEdge;
import dev.tideline.cache.edge.VarnishEdge;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How long caches in front of the service may keep public answers, and how they are purged.
 *
 * @param ttl how long; zero for not at all
 * @param whileRevalidate how much longer while they revalidate
 * @param ifError how much longer while the service cannot be reached
 * @param cache the cache that is purged; if empty, answers are used until they expire
 * @param purging bounds of that
 */
public record EdgeConfig(
    Duration ttl,
    Duration whileRevalidate,
    Duration ifError,
    Optional<EdgeCache> cache,
    EdgePurger.Settings purging) {

  public static final EdgeConfig DEFAULT =
      new EdgeConfig(
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          Optional.empty(),
          EdgePurger.Settings.DEFAULT);

  static EdgeConfig from(EnvironmentReader reader) {
    Duration day = Duration.ofDays(1);
    EdgePurger.Settings purging = EdgePurger.Settings.DEFAULT;
    return new EdgeConfig(
        reader.duration("TIDELINE_EDGE_TTL", DEFAULT.ttl(), Duration.ZERO, day),
        reader.duration(
            "TIDELINE_EDGE_STALE_WHILE_REVALIDATE", DEFAULT.whileRevalidate(), Duration.ZERO, day),
        reader.duration("TIDELINE_EDGE_STALE_IF_ERROR", DEFAULT.ifError(), Duration.ZERO, day),
        cache(reader),
        new EdgePurger.Settings(
            purging.keysMax(),
            reader.integer("TIDELINE_EDGE_PURGES_PER_SECOND", purging.callsPerSecond(), 1, 10_000),
            purging.attempts(),
            purging.settle()));
  }

  private static Optional<EdgeCache> cache(EnvironmentReader reader) {
    reader.oneOf("TIDELINE_EDGE_PURGE", List.of("varnish", "fastly", "cloudflare"));
    return switch (reader.text("TIDELINE_EDGE_PURGE").orElse("")) {
      case "varnish" -> varnish(reader);
      case "fastly" ->
          Optional.of(
              new FastlyEdge(
                  FastlyEdge.API,
                  reader.required("TIDELINE_EDGE_FASTLY_SERVICE"),
                  secret(reader, "TIDELINE_EDGE_FASTLY_TOKEN")));
      case "cloudflare" ->
          Optional.of(
              new CloudflareEdge(
                  CloudflareEdge.API,
                  reader.required("TIDELINE_EDGE_CLOUDFLARE_ZONE"),
                  secret(reader, "TIDELINE_EDGE_CLOUDFLARE_TOKEN")));
      default -> Optional.empty();
    };
  }

  private static Optional<EdgeCache> varnish(EnvironmentReader reader) {
    List<URI> servers = new ArrayList<>();
    for (String url : reader.list("TIDELINE_EDGE_VARNISH_URLS")) {
      if (url.matches("https?://[^/\\s]+/?")) {
        servers.add(URI.create(url));
      } else {
        reader.problem("TIDELINE_EDGE_VARNISH_URLS: must be http://host:port, not " + url);
      }
    }
    if (servers.isEmpty()) {
      reader.problem("TIDELINE_EDGE_VARNISH_URLS: is not set; name every Varnish, with commas");
      return Optional.empty();
    }
    return Optional.of(new VarnishEdge(servers));
  }

  private static String secret(EnvironmentReader reader, String name) {
    Optional<String> secret = reader.secret(name);
    if (secret.isEmpty()) {
      reader.problem(name + ": is not set");
    }
    return secret.orElse("");
  }

  /** The header that the edge takes keys from. */
  public String keyHeader() {
    return isCloudflare() ? "Cache-Tag" : "Surrogate-Key";
  }

  /** What parts them. */
  public String keySeparator() {
    return isCloudflare() ? "," : " ";
  }

  private boolean isCloudflare() {
    return cache.filter(CloudflareEdge.class::isInstance).isPresent();
  }
}
