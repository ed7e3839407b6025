package dev.tideline.routing;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Settings of a {@link ReadWriteRouter}.
 *
 * @param replicas none to eight; with none, reads go to the primary
 * @param poolSize most connections to each node, 1 to 1,000
 * @param acquireTimeout longest wait for a connection of a pool, at least 250 ms
 * @param statementTimeout longest silence of a node while it works on a statement, whole seconds;
 *     past it the node counts as lost
 * @param probeInterval pause between two probes of a node
 */
public record RouterConfig(
    NodeAddress primary,
    List<NodeAddress> replicas,
    String user,
    String password,
    int poolSize,
    Duration acquireTimeout,
    Duration statementTimeout,
    Duration probeInterval) {

  public static final int REPLICAS_MAX = 8;
  public static final int POOL_SIZE_MAX = 1_000;
  public static final Duration ACQUIRE_TIMEOUT_MIN = Duration.ofMillis(250);

  public RouterConfig {
    replicas = List.copyOf(replicas);
    if (replicas.size() > REPLICAS_MAX) {
      throw new IllegalArgumentException("more than 8 replicas: " + replicas.size());
    }
    if (poolSize < 1 || poolSize > POOL_SIZE_MAX) {
      throw new IllegalArgumentException("pool size outside 1..1000: " + poolSize);
    }
    if (acquireTimeout.compareTo(ACQUIRE_TIMEOUT_MIN) < 0) {
      throw new IllegalArgumentException("acquire timeout under 250 ms: " + acquireTimeout);
    }
    if (statementTimeout.toSeconds() < 1) {
      throw new IllegalArgumentException("statement timeout under 1 s: " + statementTimeout);
    }
    if (!probeInterval.isPositive()) {
      throw new IllegalArgumentException("probe interval not positive: " + probeInterval);
    }
    Set<String> names = new HashSet<>(Set.of(primary.name()));
    for (NodeAddress replica : replicas) {
      if (!names.add(replica.name())) {
        throw new IllegalArgumentException("two nodes are called " + replica.name());
      }
    }
  }

  /** The defaults: pools of 20, a second's wait for a connection, a probe each second. */
  public static RouterConfig of(
      NodeAddress primary, List<NodeAddress> replicas, String user, String password) {
    return new RouterConfig(
        primary,
        replicas,
        user,
        password,
        20,
        Duration.ofSeconds(1),
        Duration.ofSeconds(15),
        Duration.ofSeconds(1));
  }

  public RouterConfig withPoolSize(int size) {
    return new RouterConfig(
        primary, replicas, user, password, size, acquireTimeout, statementTimeout, probeInterval);
  }

  public RouterConfig withStatementTimeout(Duration timeout) {
    return new RouterConfig(
        primary, replicas, user, password, poolSize, acquireTimeout, timeout, probeInterval);
  }

  @Override
  public String toString() {
    return "RouterConfig[primary=%s, replicas=%s, user=%s, poolSize=%d]"
        .formatted(primary, replicas, user, poolSize);
  }
}
