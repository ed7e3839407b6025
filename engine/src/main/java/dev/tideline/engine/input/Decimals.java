package dev.tideline.engine.input;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * The one place where numbers of requests and files are bounded. A number of a few characters, such
 * as {@code 1e1000000000}, would otherwise take all memory as soon as somebody writes it out.
 */
public final class Decimals {

  /** Digits that a number may have before the point, and behind it. */
  public static final int DIGITS_MAX = 30;

  /** What numbers must be, for messages. */
  public static final String RULE =
      "must be a number with at most " + DIGITS_MAX + " digits before and behind the point";

  private static final int TEXT_MAX = 100;

  private Decimals() {}

  /** Reads a number as JSON and CSV write it; empty if it is none, or out of bounds. */
  public static Optional<BigDecimal> parse(String text) {
    if (text.isEmpty() || text.length() > TEXT_MAX) {
      return Optional.empty();
    }
    try {
      return bounded(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * The same number with a scale of 0 to 30, so that it is cheap to write out; empty if it is out
   * of bounds. Looks at the exponent before it computes anything.
   */
  public static Optional<BigDecimal> bounded(BigDecimal number) {
    if (number.signum() == 0) {
      return Optional.of(isPlain(number) ? number : BigDecimal.ZERO);
    }
    long before = (long) number.precision() - number.scale();
    if (before > DIGITS_MAX || before <= -DIGITS_MAX) {
      return Optional.empty();
    }
    if (isPlain(number)) {
      return Optional.of(number);
    }
    BigDecimal shortest = number.stripTrailingZeros();
    return shortest.scale() > DIGITS_MAX
        ? Optional.empty()
        : Optional.of(shortest.scale() < 0 ? shortest.setScale(0) : shortest);
  }

  private static boolean isPlain(BigDecimal number) {
    return number.scale() >= 0 && number.scale() <= DIGITS_MAX;
  }
}
