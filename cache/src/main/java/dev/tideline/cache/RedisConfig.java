package dev.tideline.cache;

import java.time.Duration;

/**
 * Settings of a {@link RedisConnection}.
 *
 * @param url {@code redis://[user:password@]host:port[/database]}, or {@code rediss://} for TLS
 * @param timeout longest wait for an answer
 * @param requestsMax most commands waiting for an answer; more are refused at once
 */
public record RedisConfig(String url, Duration timeout, int requestsMax) {

  public static final Duration TIMEOUT = Duration.ofMillis(50);
  public static final int REQUESTS_MAX = 10_000;

  public RedisConfig {
    if (!url.startsWith("redis://") && !url.startsWith("rediss://")) {
      throw new IllegalArgumentException("not a Redis URL (redis://host:port): " + redacted(url));
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout not positive: " + timeout);
    }
  }

  public static RedisConfig of(String url) {
    return new RedisConfig(url, TIMEOUT, REQUESTS_MAX);
  }

  private static String redacted(String url) {
    return url.replaceAll("//[^@]*@", "//***@");
  }

  @Override
  public String toString() {
    return "RedisConfig[" + redacted(url) + "]";
  }
}
