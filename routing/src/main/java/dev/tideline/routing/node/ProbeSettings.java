package dev.tideline.routing.node;

import java.time.Duration;

/**
 * How nodes are monitored.
 *
 * @param interval pause between two polls of a node that is up, with a check halfway that it still
 *     answers; a node that is down is probed sooner at first, then with growing pauses
 * @param timeout how long a node may take to answer on a new connection, in whole seconds; half of
 *     it on the open connection, after which a new one is tried
 * @param metadataSchema the schema of the tables {@code epoch} and {@code heartbeat}; without them
 *     there are no positions, and lag is derived from the router's own record of the primary's LSNs
 */
public record ProbeSettings(Duration interval, Duration timeout, String metadataSchema) {

  /** Every second, 2 s, schema {@code tideline_routing}. */
  public static final ProbeSettings DEFAULT =
      new ProbeSettings(Duration.ofSeconds(1), Duration.ofSeconds(2), "tideline_routing");

  public ProbeSettings {
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("probe interval not positive: " + interval);
    }
    if (timeout.toSeconds() < 1) {
      throw new IllegalArgumentException("probe timeout under 1 s: " + timeout);
    }
    if (metadataSchema.isBlank()) {
      throw new IllegalArgumentException("no schema for epoch and heartbeat");
    }
  }

  public ProbeSettings withInterval(Duration pause) {
    return new ProbeSettings(pause, timeout, metadataSchema);
  }

  public ProbeSettings withMetadataSchema(String schema) {
    return new ProbeSettings(interval, timeout, schema);
  }
}
