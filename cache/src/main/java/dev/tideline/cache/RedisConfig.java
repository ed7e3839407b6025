package dev.tideline.cache;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Settings of a {@link RedisConnection}.
 *
 * @param url {@code redis://[user:password@]host:port[/database]}, or {@code rediss://} for TLS;
 *     {@code redis-sentinel://host:port,host:port#master}; {@code
 *     redis-cluster://[user:password@]host:port,host:port}
 * @param timeout longest wait for an answer
 * @param requestsMax most commands waiting for an answer; more are refused at once
 */
public record RedisConfig(String url, Duration timeout, int requestsMax) {

  public static final Duration TIMEOUT = Duration.ofMillis(50);
  public static final int REQUESTS_MAX = 10_000;

  private static final List<String> SCHEMES =
      List.of(
          "redis://",
          "rediss://",
          "redis-sentinel://",
          "rediss-sentinel://",
          RedisClient.CLUSTER_SCHEME);

  public RedisConfig {
    if (SCHEMES.stream().noneMatch(url::startsWith)) {
      throw new IllegalArgumentException(
          "not a Redis URL (redis://host:port, redis-sentinel://host:port,host:port#master or"
              + " redis-cluster://host:port,host:port): "
              + redacted(url));
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout not positive: " + timeout);
    }
  }

  public static RedisConfig of(String url) {
    return new RedisConfig(url, TIMEOUT, REQUESTS_MAX);
  }

  /**
   * A URL with a password put in.
   *
   * @throws IllegalArgumentException if it has one already
   */
  public static String urlWithPassword(String url, String password) {
    int start = url.indexOf("//") + 2;
    if (url.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "the URL has a user or a password already: " + redacted(url));
    }
    String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
    return url.substring(0, start) + ":" + encoded + "@" + url.substring(start);
  }

  boolean isCluster() {
    return url.startsWith(RedisClient.CLUSTER_SCHEME);
  }

  private static String redacted(String url) {
    return url.replaceAll("//[^@]*@", "//***@");
  }

  @Override
  public String toString() {
    return "RedisConfig[" + redacted(url) + "]";
  }
}
