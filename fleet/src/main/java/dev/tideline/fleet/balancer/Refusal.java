package dev.tideline.fleet.balancer;

import java.util.Locale;

/**
 * The reasons for which the balancer itself refuses requests and connections. A closed set, because
 * they are values of a metric label.
 */
enum Refusal {
  MALFORMED(400, "The request is malformed."),
  SLOW_BODY(408, "The request's body did not come in time."),
  SLOW_HEADERS(408, "The request's headers did not come in time."),
  SLOW_READER(408, "The answer was not read in time."),
  TOO_LARGE(413, "The body is longer than " + RetryingProxy.BODY_BYTES_MAX + " bytes."),
  LINE_TOO_LONG(414, "The request line is too long."),
  HEADERS_TOO_LARGE(431, "The headers are too large."),
  METHOD(501, "The method is not supported."),
  CONNECTIONS(503, "There are too many connections; try again."),
  BUSY(503, "Too many requests are waiting; try again."),
  BYTES(503, "Too many large requests at once; try again."),
  NO_INSTANCE(503, "No instance could answer.");

  final int status;
  final String detail;

  Refusal(int status, String detail) {
    this.status = status;
    this.detail = detail;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  String title() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 408 -> "Request Timeout";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 431 -> "Request Header Fields Too Large";
      case 501 -> "Not Implemented";
      default -> "Service Unavailable";
    };
  }

  /**
   * Whether the connection is closed after the refusal, because the rest of its data cannot be
   * parsed or is unwanted.
   */
  boolean ends() {
    return this != NO_INSTANCE && this != BUSY;
  }

  /** A problem document (RFC 9457), in the same format as the instances' errors. */
  String problem(String traceId) {
    return """
    {"type":"about:blank","title":"%s","status":%d,"detail":"%s","trace_id":"%s"}\
    """
        .formatted(title(), status, detail, traceId);
  }
}
