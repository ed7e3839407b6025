package dev.tideline.engine.imports;

import dev.tideline.engine.input.Decimals;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses the values of files. */
final class Texts {

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\u2028\u2029\\s]+");
  private static final Pattern LINE_CONTROL = Pattern.compile("[\\p{Cntrl}\u2028\u2029&&[^\n]]+");
  private static final Pattern EPOCH = Pattern.compile("\\d{9,13}");
  private static final Pattern BASIC_OFFSET = Pattern.compile("([+-]\\d{2})(\\d{2})$");
  private static final DateTimeFormatter BLANK_SEPARATED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm[:ss][.SSSSSSSSS][.SSSSSS][.SSS]", Locale.ROOT);

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  private Texts() {}

  /**
   * Converts a text to one line without control characters, and resolves HTML entities and tags.
   */
  static @Nullable String clean(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String line = CONTROL.matcher(Html.text(text)).replaceAll(" ").strip();
    return line.isEmpty() ? null : line;
  }

  /** The same, but keeps line breaks. */
  static @Nullable String cleanLines(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String lines =
        LINE_CONTROL.matcher(Html.text(text.replace("\r\n", "\n"))).replaceAll(" ").strip();
    return lines.isEmpty() ? null : lines;
  }

  static Optional<BigDecimal> decimal(String text) {
    return Decimals.parse(text);
  }

  static Optional<Integer> integer(String text) {
    try {
      return Optional.of(Integer.valueOf(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Optional<Boolean> bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "1" -> Optional.of(true);
      case "false", "f", "no", "n", "0" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /**
   * Parses a time: ISO 8601 (in the given zone if it names none), or seconds or milliseconds since
   * 1970. The year must be 1 to 9999, which all formats write the same way.
   */
  static Optional<Instant> instant(String text, ZoneId zone) {
    return anyInstant(text, zone).filter(time -> !time.isBefore(EARLIEST) && time.isBefore(LATEST));
  }

  private static Optional<Instant> anyInstant(String text, ZoneId zone) {
    if (EPOCH.matcher(text).matches()) {
      long number = Long.parseLong(text);
      return Optional.of(
          text.length() > 10 ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number));
    }
    if (text.indexOf('T') < 0) {
      return local(text, zone);
    }
    try {
      return Optional.of(
          OffsetDateTime.parse(BASIC_OFFSET.matcher(text).replaceFirst("$1:$2")).toInstant());
    } catch (DateTimeException e) {
      return local(text, zone);
    }
  }

  private static Optional<Instant> local(String text, ZoneId zone) {
    try {
      LocalDateTime local =
          text.indexOf('T') > 0
              ? LocalDateTime.parse(text)
              : LocalDateTime.parse(text, BLANK_SEPARATED);
      return Optional.of(local.atZone(zone).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
