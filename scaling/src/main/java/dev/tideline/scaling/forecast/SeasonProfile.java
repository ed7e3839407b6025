package dev.tideline.scaling.forecast;

import java.util.Arrays;

/**
 * Daily and weekly profiles: for each time of day and of the week, an exponentially weighted mean
 * of past values. A forecast is the profile shifted by the mean deviation of the last half hour;
 * the shift decays with the distance of the forecast.
 */
final class SeasonProfile implements SeasonModel {

  /** Weight of a new day or week in the mean. */
  private static final double WEIGHT = 0.35;

  /**
   * Number of steps on each side that the profile is averaged over, because single steps are noisy.
   */
  private static final int NEIGHBORS = 2;

  private static final int RECENT = 6;

  /** Factor by which the shift decays with each step ahead. */
  private static final double REMEMBERED = 0.97;

  /**
   * Share of the weekly profile, the rest being the daily one: before one week, after one, and
   * after two weeks of history.
   */
  private static final double[] WEEK_SHARES = {0, 0.5, 0.8};

  private final double[] day;
  private final double[] week;
  private final double[] recent = new double[RECENT];
  private long first = -1;
  private long last = -1;

  SeasonProfile(int stepsPerDay) {
    this.day = nothing(stepsPerDay);
    this.week = nothing(7 * stepsPerDay);
  }

  private static double[] nothing(int length) {
    double[] values = new double[length];
    Arrays.fill(values, Double.NaN);
    return values;
  }

  @Override
  public void update(long step, double value) {
    first = first < 0 ? step : first;
    double usual = usual(step);
    recent[(int) (step % RECENT)] = Double.isNaN(usual) ? 0 : value - usual;
    last = step;
    learn(day, step, value);
    learn(week, step, value);
  }

  private static void learn(double[] profile, long step, double value) {
    int slot = (int) (step % profile.length);
    profile[slot] =
        Double.isNaN(profile[slot]) ? value : profile[slot] + WEIGHT * (value - profile[slot]);
  }

  private double usual(long step) {
    double ofDay = around(day, step);
    int weeks = Math.clamp((last - first) / week.length, 0, WEEK_SHARES.length - 1);
    double share = WEEK_SHARES[weeks];
    return share == 0 ? ofDay : share * around(week, step) + (1 - share) * ofDay;
  }

  private static double around(double[] profile, long step) {
    double sum = 0;
    int count = 0;
    for (long near = step - NEIGHBORS; near <= step + NEIGHBORS; near++) {
      double value = profile[(int) Math.floorMod(near, (long) profile.length)];
      if (!Double.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  @Override
  public double predict(long step) {
    if (last - first < day.length) {
      return Double.NaN;
    }
    double off = Arrays.stream(recent).average().orElse(0);
    return usual(step) + Math.pow(REMEMBERED, (double) (step - last)) * off;
  }
}
