package dev.tideline.routing;

import java.util.Objects;

/**
 * Where one PostgreSQL node is reached.
 *
 * @param name what logs and metrics call it, unique among the nodes of a router
 * @param url a JDBC URL, {@code jdbc:postgresql://host:port/database}; one address leads to one
 *     node
 */
public record NodeAddress(String name, String url) {

  public NodeAddress {
    Objects.requireNonNull(name, "name");
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException("not a PostgreSQL JDBC URL: " + url);
    }
  }
}
