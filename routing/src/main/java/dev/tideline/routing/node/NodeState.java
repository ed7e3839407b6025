package dev.tideline.routing.node;

/** What a node may be used for now. */
public enum NodeState {
  /** The primary, or a replica within the lag limit. */
  UP,
  /** A replica that is past the lag limit and not yet well under it again. */
  LAGGING,
  /**
   * It shows another history than the primary: a replica of an old primary, a primary that was
   * superseded, or a replica that has not yet heard of a promotion.
   */
  OTHER_HISTORY,
  /** It refuses new connections, hangs, or is gone. */
  DOWN
}
