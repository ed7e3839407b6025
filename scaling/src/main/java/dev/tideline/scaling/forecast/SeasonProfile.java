package dev.tideline.scaling.forecast;

import java.util.Arrays;

/**
 * The usual course of a day and of a week, each time's mean over the last ones with the nearer ones
 * counting more, moved by how far the last half hour is off; how far it is off is forgotten with
 * distance.
 */
final class SeasonProfile implements SeasonModel {

  /** Of a new day or week in its mean. */
  private static final double WEIGHT = 0.35;

  /** Steps to each side that a time's mean is taken over: single steps are noise. */
  private static final int NEIGHBORS = 2;

  private static final int RECENT = 6;

  /** For each step ahead, what is left of the distance. */
  private static final double REMEMBERED = 0.97;

  /** Of the week's profile beside the day's, once one week was seen, and once two were. */
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
