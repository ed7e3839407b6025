package dev.tideline.scaling.forecast;

/** A model of a seasonal time series with equal steps. Values are logarithms. Not thread-safe. */
interface SeasonModel {

  /**
   * Records the next value.
   *
   * @param step number of the step, counted from 1970
   */
  void update(long step, double value);

  /** The expected value of a later step; NaN while there is too little history. */
  double predict(long step);
}
