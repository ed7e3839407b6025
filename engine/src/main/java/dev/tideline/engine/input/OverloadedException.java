package dev.tideline.engine.input;

/** A limit was reached; the same request may succeed later. */
public final class OverloadedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OverloadedException(String message) {
    super(message);
  }
}
