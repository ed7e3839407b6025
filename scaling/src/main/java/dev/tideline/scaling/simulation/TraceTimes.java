package dev.tideline.scaling.simulation;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses times in the formats of traces and logs. */
final class TraceTimes {

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd")
          .optionalStart()
          .appendPattern("['T'][' ']HH:mm[:ss]")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendPattern("[' '][XXX][XX][X]")
          .toFormatter(Locale.ROOT);

  private static final DateTimeFormatter ACCESS_LOG =
      DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ENGLISH);

  /** Seconds since 1970, optionally with a fraction. */
  private static final Pattern SECONDS = Pattern.compile("(\\d{9,10})(?:\\.\\d{1,9})?");

  /**
   * Milliseconds, microseconds or nanoseconds since 1970, distinguished by the number of digits.
   */
  private static final Pattern PARTS = Pattern.compile("\\d{12,13}|\\d{15,16}|\\d{18,19}");

  private TraceTimes() {}

  /** Parses a time; empty if the text is not a time. Times without a zone are UTC. */
  static Optional<Instant> parse(String text) {
    Matcher seconds = SECONDS.matcher(text);
    if (seconds.matches()) {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds.group(1))));
    }
    try {
      if (PARTS.matcher(text).matches()) {
        return Optional.of(ofParts(Long.parseLong(text), text.length()));
      }
      if (text.indexOf('/') == 2) {
        return Optional.of(OffsetDateTime.parse(text, ACCESS_LOG).toInstant());
      }
      TemporalAccessor time =
          ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      return Optional.of(
          switch (time) {
            case OffsetDateTime zoned -> zoned.toInstant();
            case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
            default -> LocalDate.from(time).atStartOfDay().toInstant(ZoneOffset.UTC);
          });
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Instant ofParts(long number, int digits) {
    long perSecond = digits <= 13 ? 1_000L : digits <= 16 ? 1_000_000L : 1_000_000_000L;
    return Instant.ofEpochSecond(number / perSecond);
  }
}
