package dev.tideline.embedded.process;

import org.jspecify.annotations.Nullable;

/** A fleet, or a part of it, cannot start or continue. The message is written for the operator. */
public final class ServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ServerException(String message) {
    super(message);
  }

  public ServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
