package dev.tideline.engine.input;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * Bounds the numbers of requests and files. Without bounds, a number of a few characters, such as
 * {@code 1e1000000000}, would take all memory as soon as it is written out.
 */
public final class Decimals {

  /** The most digits that a number may have before the point, and after it. */
  public static final int DIGITS_MAX = 30;

  /** The rule for numbers, for messages. */
  public static final String RULE =
      "must be a number with at most " + DIGITS_MAX + " digits before and behind the point";

  private static final int TEXT_MAX = 100;

  private Decimals() {}

  /** Parses a number of JSON or CSV; empty if it is not a number, or is out of bounds. */
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
   * of bounds. Checks the exponent before it computes anything.
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
