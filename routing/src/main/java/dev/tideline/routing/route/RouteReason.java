package dev.tideline.routing.route;

import java.util.Locale;

/** Why work went where it went; a closed set, fit for a label. */
public enum RouteReason {
  /** A read, and the selector's choice among the replicas. */
  BALANCED,
  /** A read that must show a write, on a replica known to have replayed it. */
  CAUGHT_UP,
  /** A read that must show a write, on a replica that was waited for. */
  WAITED,
  /** A read that must show a write, on the primary because no replica had replayed it in time. */
  BEHIND,
  /** A read that must show a write of another history, or one whose place is not known. */
  OTHER_EPOCH,
  /** A read for which the primary was asked for by name. */
  STRONG,
  /** A read that another node had failed. */
  REPEATED,
  /** A read while no replica is fit, or none is configured. */
  NO_REPLICA,
  /** A read from a replica past the lag limit, because the primary has its fill. */
  STALE,
  /** A write, or work that was said to be one. */
  WRITE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The reason in lower case. */
  public String label() {
    return label;
  }
}
