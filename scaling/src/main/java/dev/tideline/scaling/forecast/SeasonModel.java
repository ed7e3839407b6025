package dev.tideline.scaling.forecast;

/** A series at even steps that has seasons, in logarithms. Not thread-safe. */
interface SeasonModel {

  /**
   * Takes note of the next value.
   *
   * @param step its number since 1970
   */
  void update(long step, double value);

  /** The value of a later step; NaN while too little is known. */
  double predict(long step);
}
