package dev.tideline.engine.input;

/** A bound was reached; the same request may do later. */
public final class OverloadedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OverloadedException(String message) {
    super(message);
  }
}
