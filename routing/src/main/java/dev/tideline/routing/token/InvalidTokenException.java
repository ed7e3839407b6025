package dev.tideline.routing.token;

/** A token that is malformed or that none of the keys has signed. */
public final class InvalidTokenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InvalidTokenException(String message) {
    super(message);
  }
}
