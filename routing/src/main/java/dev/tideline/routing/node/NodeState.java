package dev.tideline.routing.node;

/** The current state of a node. */
public enum NodeState {
  /** The primary, or a replica within the lag limit. */
  UP,
  /** A replica that went past the lag limit and is not yet under four fifths of it again. */
  LAGGING,
  /**
   * Its history is not that of the primary: a replica of an old primary, a primary that was
   * superseded, or a replica that has not yet followed a promotion.
   */
  OTHER_HISTORY,
  /** It refuses new connections, hangs, or is unreachable. */
  DOWN
}
