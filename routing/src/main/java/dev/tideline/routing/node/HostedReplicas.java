package dev.tideline.routing.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replicas behind one host name, such as a headless service: each address of the name is a node.
 * The name is resolved periodically, so replicas can be added and removed without a restart.
 *
 * <p>Java caches addresses for 30 s unless {@code networkaddress.cache.ttl} is lower.
 *
 * @param url {@code jdbc:postgresql://name:port/database}, in which each address replaces the name
 * @param interval pause between two look-ups
 */
public record HostedReplicas(String url, Duration interval, Resolver resolver) {

  public static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final Pattern URL =
      Pattern.compile("jdbc:postgresql://(?<host>[^/:,\\[\\]?]+)(?<rest>(:\\d+)?/.*)");

  /** Resolves a host name. */
  @FunctionalInterface
  public interface Resolver {
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  public HostedReplicas {
    if (!URL.matcher(url).matches()) {
      throw new IllegalArgumentException(
          "must be jdbc:postgresql://name:port/database with one host name, not " + url);
    }
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("look-up interval not positive: " + interval);
    }
  }

  /** Resolved by the system every 10 s. */
  public static HostedReplicas of(String url) {
    return new HostedReplicas(url, INTERVAL, host -> List.of(InetAddress.getAllByName(host)));
  }

  String host() {
    return matched().group("host");
  }

  /** The URL of one address. */
  String urlOf(InetAddress address) {
    String text = address.getHostAddress();
    String host = text.indexOf(':') >= 0 ? "[" + text + "]" : text;
    return "jdbc:postgresql://" + host + matched().group("rest");
  }

  private Matcher matched() {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalStateException(url);
    }
    return matcher;
  }
}
