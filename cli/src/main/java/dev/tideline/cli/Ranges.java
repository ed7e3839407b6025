package dev.tideline.cli;

/** Bounds of numbers that are given on the command line. */
final class Ranges {

  private static final int PORT_MAX = 65_535;

  private Ranges() {}

  /**
   * A number, if it is one and within its bounds.
   *
   * @throws IllegalArgumentException that names the option and its bounds
   */
  static double check(String option, double value, double min, double max) {
    if (!(value >= min && value <= max)) { // also if it is not a number
      throw new IllegalArgumentException(
          "%s must be %s to %s, not %s".formatted(option, text(min), text(max), text(value)));
    }
    return value;
  }

  static int checkPort(String option, int port) {
    check(option, port, 1, PORT_MAX);
    return port;
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
