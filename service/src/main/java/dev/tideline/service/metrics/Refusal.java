package dev.tideline.service.metrics;

import java.util.Locale;

/** Why a connection or request was refused before it was answered. */
public enum Refusal {
  /** Headers did not come in time. */
  SLOW_HEADERS,
  /** A body did not come in time. */
  SLOW_BODY,
  /** An answer was not taken in time. */
  SLOW_READER,
  /** There were too many connections. */
  CONNECTIONS,
  /** There were too many requests being answered. */
  REQUESTS,
  /** Requests that were still being read took too many bytes. */
  BYTES;

  /** As a label of a metric. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
