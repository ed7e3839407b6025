package dev.tideline.routing.node;

import java.util.Objects;

/**
 * The address of one PostgreSQL node.
 *
 * @param name its name in logs and metrics, unique among the nodes of a router
 * @param url a JDBC URL, {@code jdbc:postgresql://host:port/database}; it must lead to a single
 *     node
 * @param weight its share of reads relative to the others', 1 to 100
 */
public record NodeAddress(String name, String url, int weight) {

  public static final int WEIGHT_MAX = 100;

  public NodeAddress {
    Objects.requireNonNull(name, "name");
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException("not a PostgreSQL JDBC URL: " + url);
    }
    if (weight < 1 || weight > WEIGHT_MAX) {
      throw new IllegalArgumentException("weight of %s outside 1..100: %d".formatted(name, weight));
    }
  }

  public NodeAddress(String name, String url) {
    this(name, url, 1);
  }
}
