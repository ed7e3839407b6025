package dev.tideline.routing.node;

import org.jspecify.annotations.Nullable;

/** No node could do the work for a reason of operation, not of the statement. */
public final class RoutingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What a caller may do about it. */
  public enum Category {
    /** Nodes are away. A write's outcome is unknown if it had begun; try again later. */
    UNAVAILABLE,
    /** Every connection stayed in use for the whole wait; try again with less at a time. */
    OVERLOADED,
    /** A statement took longer than it may, and the server ended it: it has changed nothing. */
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
