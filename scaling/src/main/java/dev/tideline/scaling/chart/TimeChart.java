package dev.tideline.scaling.chart;

import com.google.errorprone.annotations.FormatMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Draws panels below each other over the same time axis, as SVG. The SVG is written as text,
 * because Java's drawing API needs fonts that a server does not have. If there are more values than
 * pixel columns, the highest value of each column is shown.
 */
public final class TimeChart {

  private static final int WIDTH = 1000;
  private static final int PANEL = 180;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 34;
  private static final int GAP = 40;
  private static final int PLACES = WIDTH - LEFT - RIGHT;
  private static final int TIMES = 6;
  private static final int SCALE = 4;
  private static final List<String> COLORS =
      List.of("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b");

  /**
   * A line.
   *
   * @param values values at equal intervals over the chart's time; NaN where there is none
   * @param steps whether to draw steps: the value stays the same until the next one
   */
  @SuppressWarnings("ArrayRecordComponent") // months of minutes, not changed
  public record Line(String name, double[] values, boolean steps) {}

  /**
   * Lines that share one scale, which starts at zero.
   *
   * @param mark level of a horizontal line, such as a target
   */
  public record Panel(String title, List<Line> lines, OptionalDouble mark) {}

  private final StringBuilder svg = new StringBuilder(1 << 16);
  private final Instant start;
  private final Instant end;

  private TimeChart(Instant start, Instant end) {
    this.start = start;
    this.end = end;
  }

  /** Creates an SVG document. */
  public static String svg(String title, Instant start, Instant end, List<Panel> panels) {
    TimeChart chart = new TimeChart(start, end);
    int height = TOP + panels.size() * (PANEL + GAP);
    chart.put(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">",
        WIDTH, height);
    chart.put("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, height);
    chart.put("<text x=\"%d\" y=\"18\" font-size=\"15\">%s</text>", LEFT, escaped(title));
    for (int i = 0; i < panels.size(); i++) {
      chart.panel(panels.get(i), TOP + i * (PANEL + GAP) + GAP / 2);
    }
    return chart.svg.append("</svg>\n").toString();
  }

  @FormatMethod
  private void put(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private void panel(Panel panel, int top) {
    double highest = highest(panel);
    put(
        "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>",
        LEFT, top - 6, escaped(panel.title()));
    for (int i = 0; i <= SCALE; i++) {
      double y = top + PANEL - PANEL * (double) i / SCALE;
      put(
          "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 4, label(highest * i / SCALE));
    }
    times(top + PANEL);
    panel
        .mark()
        .ifPresent(mark ->
            put(
                "<path d=\"M%d %.1fH%d\" stroke=\"#000\" stroke-dasharray=\"5 4\"/>",
                LEFT, top + PANEL * (1 - mark / highest), WIDTH - RIGHT));
    int right = WIDTH - RIGHT;
    for (int i = panel.lines().size() - 1; i >= 0; i--) {
      Line line = panel.lines().get(i);
      String color = COLORS.get(i % COLORS.size());
      put(
          "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.2\"/>",
          path(line, top, highest), color);
      put(
          "<text x=\"%d\" y=\"%d\" fill=\"%s\" text-anchor=\"end\">%s</text>",
          right, top - 6, color, escaped(line.name()));
      right -= 8 * line.name().length() + 10;
    }
  }

  private void times(int bottom) {
    boolean days = Duration.between(start, end).compareTo(Duration.ofDays(2)) > 0;
    DateTimeFormatter format =
        DateTimeFormatter.ofPattern(days ? "yyyy-MM-dd" : "HH:mm:ss", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    long millis = Duration.between(start, end).toMillis();
    for (int i = 0; i <= TIMES; i++) {
      put(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" fill=\"#666\">%s</text>",
          LEFT + PLACES * (double) i / TIMES,
          bottom + 14,
          i == 0 ? "start" : i == TIMES ? "end" : "middle",
          format.format(start.plusMillis(millis * i / TIMES)));
    }
  }

  /** The highest value, rounded up to a round number. */
  private static double highest(Panel panel) {
    double highest = panel.mark().orElse(0);
    for (Line line : panel.lines()) {
      for (double value : line.values()) {
        highest = Math.max(highest, Double.isNaN(value) ? 0 : value);
      }
    }
    if (highest <= 0) {
      return 1;
    }
    double unit = Math.pow(10, Math.floor(Math.log10(highest)));
    return Math.ceil(highest / unit * 2) / 2 * unit;
  }

  private static String path(Line line, int top, double highest) {
    StringBuilder path = new StringBuilder();
    boolean drawing = false;
    for (double[] point : points(line)) {
      if (Double.isNaN(point[1])) {
        drawing = false;
        continue;
      }
      double x = LEFT + point[0];
      double y = top + PANEL * (1 - point[1] / highest);
      if (drawing && line.steps()) {
        path.append(String.format(Locale.ROOT, "H%.1f", x));
      }
      path.append(String.format(Locale.ROOT, "%s%.1f %.1f", drawing ? "L" : "M", x, y));
      drawing = true;
    }
    return path.toString();
  }

  /** Pixel columns and values, at most one value per column. */
  private static List<double[]> points(Line line) {
    double[] values = line.values();
    List<double[]> points = new ArrayList<>();
    int count = Math.min(values.length, PLACES);
    for (int i = 0; i < count; i++) {
      double highest = Double.NaN;
      int from = (int) ((long) values.length * i / count);
      int to = (int) ((long) values.length * (i + 1) / count);
      for (int j = from; j < to; j++) {
        highest = Double.isNaN(highest) || values[j] > highest ? values[j] : highest;
      }
      points.add(new double[] {PLACES * (double) i / Math.max(1, count - 1), highest});
    }
    return points;
  }

  private static String label(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
