package dev.tideline.cache;

/** A value could not be had in time, or too many are being loaded. */
public final class CacheException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CacheException(String message, Throwable cause) {
    super(message, cause);
  }

  CacheException(String message) {
    super(message);
  }
}
