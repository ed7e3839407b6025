package dev.tideline.scaling.forecast;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/** Foretells a rate from what it was. Not thread-safe. */
public interface Forecaster {

  /** The rate at a time, later than any before. */
  void observe(Instant at, double rate);

  /** The likely rate so long after the last observation; empty while too little is known. */
  OptionalDouble forecast(Duration ahead);
}
