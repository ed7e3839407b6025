package dev.tideline.routing.node;

import org.jspecify.annotations.Nullable;

/** No node could do the work, for an operational reason rather than because of the statement. */
public final class RoutingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What a caller can do about it. */
  public enum Category {
    /** Nodes are down. The outcome of a write is unknown if it had begun; try again later. */
    UNAVAILABLE,
    /** Every connection stayed in use for the whole wait; try again with less concurrency. */
    OVERLOADED,
    /** A statement exceeded its time limit and the server canceled it; it has changed nothing. */
    TOO_SLOW
  }

  private final Category category;

  public RoutingException(Category category, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  public Category category() {
    return category;
  }
}
