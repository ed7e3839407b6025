package dev.tideline.embedded.process;

import org.jspecify.annotations.Nullable;

/** A fleet, or a part of one, cannot start or go on; the message is for the operator to read. */
public final class ServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ServerException(String message) {
    super(message);
  }

  public ServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
