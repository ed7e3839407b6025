package dev.tideline.fleet;

import org.jspecify.annotations.Nullable;

/** A fleet, or a part of one, cannot start or go on; the message is for the operator to read. */
public final class FleetException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public FleetException(String message) {
    super(message);
  }

  public FleetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
