package dev.tideline.service.http;

/** A request that gets a problem document of this status for an answer. */
final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  ProblemException(int status, String detail) {
    super(detail);
    this.status = status;
  }

  int status() {
    return status;
  }
}
