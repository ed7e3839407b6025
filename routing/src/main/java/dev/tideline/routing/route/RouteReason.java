package dev.tideline.routing.route;

import java.util.Locale;

/** Why work was routed to a node; a closed set, usable as a metric label. */
public enum RouteReason {
  /** A read, and the selector's choice among the replicas. */
  BALANCED,
  /** A read that must show a write, on a replica known to have replayed it. */
  CAUGHT_UP,
  /** A read that must show a write, on a replica that was waited for. */
  WAITED,
  /** A read that must show a write, on the primary because no replica had replayed it in time. */
  BEHIND,
  /** A read that must show a write of another history, or one whose position is not known. */
  OTHER_EPOCH,
  /** A read that explicitly requires the primary. */
  STRONG,
  /** A read that failed on another node. */
  REPEATED,
  /** A read while no replica is usable, or none is configured. */
  NO_REPLICA,
  /**
   * A read from a replica past the lag limit, because the primary is at its limit of fallback
   * reads.
   */
  STALE,
  /** A write, or work that was declared as one. */
  WRITE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The reason in lower case. */
  public String label() {
    return label;
  }
}
