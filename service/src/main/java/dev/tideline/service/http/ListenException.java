package dev.tideline.service.http;

/** The service cannot listen on the configured address; the message contains it and the cause. */
public final class ListenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
