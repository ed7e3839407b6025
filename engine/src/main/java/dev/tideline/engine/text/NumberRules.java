package dev.tideline.engine.text;

import java.io.IOException;
import java.io.Reader;
import java.util.List;
import org.apache.lucene.analysis.charfilter.BaseCharFilter;

/**
 * Writes numbers in one way, each with its unit as one word: {@code 1,000} as {@code 1000}, {@code
 * 1.75} and {@code 1,75} as {@code 1d75}, {@code 3/4} as {@code 3fr4}, and {@code 6 foot}, {@code
 * 6-ft} and {@code 6'} as {@code 6ft}. Offsets are corrected.
 */
final class NumberRules extends BaseCharFilter {

  /** Spellings of a unit, longer ones first. */
  private record Unit(String word, List<String> spellings) {}

  private static final List<Unit> UNITS =
      List.of(
          new Unit("inch", List.of("inches", "inch", "\"")),
          new Unit("ft", List.of("feet", "foot", "ft", "'")),
          new Unit("oz", List.of("ounces", "ounce", "oz")),
          new Unit("lb", List.of("pounds", "pound", "lbs", "lb")));

  private final String text;
  private final StringBuilder written;

  /** Where the text is read. */
  private int at;

  /** Where what was written is read. */
  private int read;

  /**
   * A filter.
   *
   * @param text what {@code in} would read
   * @param in whose corrections of offsets are added
   */
  NumberRules(String text, Reader in) {
    super(in);
    this.text = text;
    this.written = new StringBuilder(text.length() + 16);
    while (at < text.length()) {
      if (isDigit(at)) {
        number();
      } else {
        written.append(text.charAt(at));
        at++;
      }
    }
  }

  private boolean isDigit(int place) {
    return place >= 0
        && place < text.length()
        && text.charAt(place) >= '0'
        && text.charAt(place) <= '9';
  }

  private boolean is(int place, String any) {
    return place >= 0 && place < text.length() && any.indexOf(text.charAt(place)) >= 0;
  }

  private void number() {
    int start = at;
    digits();
    boolean plain = at - start <= 2 && !is(start - 1, "/\u2044");
    while (is(at, ".,") && isDigit(at + 1)) {
      plain = false;
      if (is(at, ",") && isGroup(at + 1)) {
        replace(1, "");
      } else {
        replace(1, "d");
      }
      digits();
    }
    if (plain) {
      fraction();
    }
    unit();
  }

  private void digits() {
    while (isDigit(at)) {
      written.append(text.charAt(at));
      at++;
    }
  }

  /** Whether exactly three digits follow. */
  private boolean isGroup(int place) {
    return isDigit(place) && isDigit(place + 1) && isDigit(place + 2) && !isDigit(place + 3);
  }

  /** {@code /4} after {@code 3}, but not in a date or a long number. */
  private void fraction() {
    int slash = is(at, " ") ? at + 1 : at;
    if (!is(slash, "/\u2044")) {
      return;
    }
    int first = is(slash + 1, " ") ? slash + 2 : slash + 1;
    int end = first;
    while (isDigit(end)) {
      end++;
    }
    if (end > first && end <= first + 2 && !is(end, "/\u2044")) {
      replace(first - at, "fr");
      digits();
    }
  }

  private void unit() {
    int from = is(at, " -") ? at + 1 : at;
    for (Unit unit : UNITS) {
      for (String spelling : unit.spellings()) {
        if (text.regionMatches(true, from, spelling, 0, spelling.length())
            && ends(from + spelling.length(), spelling)) {
          replace(from + spelling.length() - at, unit.word());
          replace(0, " ");
          return;
        }
      }
    }
    if (text.regionMatches(true, from, "in", 0, 2) && isInches(from)) {
      replace(from + 2 - at, "inch");
      replace(0, " ");
    }
  }

  /**
   * Whether a unit may end at a place: a mark before a letter is an apostrophe, but for 24"x36".
   */
  private boolean ends(int place, String spelling) {
    return switch (spelling) {
      case "\"" -> true;
      case "'" -> !isLetter(place) || is(place, "xX");
      default -> !isLetter(place) && !isDigit(place);
    };
  }

  /** "13 in red" is not thirteen inches: a separate "in" must end a part of the text. */
  private boolean isInches(int from) {
    int end = from + 2;
    if (isLetter(end) || isDigit(end)) {
      return false;
    }
    if (!is(from - 1, " ")) {
      return true;
    }
    int next = end;
    while (is(next, " ")) {
      next++;
    }
    return next >= text.length() || is(next, ".,;)/") || (is(next, "xX") && !isLetter(next + 1));
  }

  private boolean isLetter(int place) {
    return place < text.length() && Character.isLetter(text.codePointAt(place));
  }

  /** Writes something for the next characters of the text. */
  private void replace(int characters, String by) {
    at += characters;
    written.append(by);
    addOffCorrectMap(written.length(), at - written.length());
  }

  @Override
  public int read(char[] to, int from, int count) throws IOException {
    if (read >= written.length()) {
      return -1;
    }
    int length = Math.min(count, written.length() - read);
    written.getChars(read, read + length, to, from);
    read += length;
    return length;
  }
}
