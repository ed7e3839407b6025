package dev.tideline.routing.node;

/**
 * How many connections of a server the instances of a fleet may have in total.
 *
 * @param instancesMax most instances that run at the same time, 1 to 1,000
 * @param reserve connections of each server that are reserved for other clients: operators,
 *     replication, jobs
 * @param shrinks whether a pool that is too large is reduced to the budget; otherwise it is refused
 */
public record ConnectionBudget(int instancesMax, int reserve, boolean shrinks) {

  /** A router's connections to each node besides its pool: one for polls, one to watch replay. */
  static final int CONNECTIONS_OUTSIDE_POOL = 2;

  public ConnectionBudget {
    if (instancesMax < 1 || instancesMax > 1_000) {
      throw new IllegalArgumentException("instances outside 1..1000: " + instancesMax);
    }
    if (reserve < 0) {
      throw new IllegalArgumentException("reserve below 0: " + reserve);
    }
  }

  /** The budget does not allow a pool of this size; the message shows the calculation. */
  public static final class ExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExceededException(String message) {
      super(message);
    }
  }

  /**
   * The size that a pool may have on a server.
   *
   * @param maxConnections the server's setting
   * @throws ExceededException if the requested size exceeds the budget and may not shrink, or not
   *     even one connection fits
   */
  int poolSize(String node, int maxConnections, int wanted) {
    int free = maxConnections - reserve;
    int fitting = fitting(maxConnections);
    if (wanted <= fitting) {
      return wanted;
    }
    if (shrinks && fitting >= 1) {
      return fitting;
    }
    throw new ExceededException(
        "connection budget exceeded on %s: %d instances x (%d pooled + %d for polls) = %d, and max_connections %d less a reserve of %d leaves %d; %s"
            .formatted(
                node,
                instancesMax,
                wanted,
                CONNECTIONS_OUTSIDE_POOL,
                instancesMax * (wanted + CONNECTIONS_OUTSIDE_POOL),
                maxConnections,
                reserve,
                free,
                fitting >= 1
                    ? "pools of " + fitting + " would fit"
                    : "not one connection for each instance would fit"));
  }

  /** The largest size that fits on a server; below 1 if nothing fits. */
  int fitting(int maxConnections) {
    return (maxConnections - reserve) / instancesMax - CONNECTIONS_OUTSIDE_POOL;
  }

  /** The requested size, or the largest that fits if that is smaller. */
  int sizeAtMost(int maxConnections, int wanted) {
    return Math.min(wanted, fitting(maxConnections));
  }
}
