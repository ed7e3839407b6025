package dev.tideline.scaling.forecast;

/**
 * Exponential smoothing with two seasons, a day and a week, and a correction for the last error
 * (Taylor, "Short-term electricity demand forecasting using double seasonal exponential smoothing",
 * Journal of the Operational Research Society 54, 2003).
 */
final class HoltWinters implements SeasonModel {

  private static final double LEVEL = 0.02;
  private static final double DAY = 0.25;
  private static final double WEEK = 0.25;
  private static final double ERROR = 0.8;

  private final double[] day;
  private final double[] week;
  private long first = -1;
  private long last = -1;
  private double level;
  private double error;

  HoltWinters(int stepsPerDay) {
    this.day = new double[stepsPerDay];
    this.week = new double[7 * stepsPerDay];
  }

  @Override
  public void update(long step, double value) {
    if (first < 0) {
      first = step;
      level = value;
    }
    int ofDay = (int) (step % day.length);
    int ofWeek = (int) (step % week.length);
    boolean firstDay = step - first < day.length;
    boolean firstWeek = step - first < week.length;
    double season = day[ofDay] + week[ofWeek];
    error = value - level - season;
    double before = level;
    level += (firstDay ? 1.0 / (step - first + 1) : LEVEL) * error;
    day[ofDay] += (firstDay ? 1 : DAY) * (value - before - season);
    if (!firstWeek) {
      week[ofWeek] += WEEK * (value - before - season);
    }
    last = step;
  }

  @Override
  public double predict(long step) {
    if (last - first < day.length) {
      return Double.NaN;
    }
    return level
        + day[(int) (step % day.length)]
        + week[(int) (step % week.length)]
        + Math.pow(ERROR, (double) (step - last)) * error;
  }
}
