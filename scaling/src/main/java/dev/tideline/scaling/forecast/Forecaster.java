package dev.tideline.scaling.forecast;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/** Forecasts a rate from its history. Not thread-safe. */
public interface Forecaster {

  /** Records the rate at a time, which must be later than all earlier ones. */
  void observe(Instant at, double rate);

  /**
   * The expected rate at that time after the last observation; empty while there is too little
   * history.
   */
  OptionalDouble forecast(Duration ahead);
}
