package dev.tideline.engine.imports;

import org.jspecify.annotations.Nullable;

/** A file as a whole cannot be imported; nothing was changed. The message is for the user. */
public final class ImportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ImportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  public ImportException(String message) {
    this(message, null);
  }
}
