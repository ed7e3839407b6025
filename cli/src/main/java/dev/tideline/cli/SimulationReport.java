package dev.tideline.cli;

import dev.tideline.cli.SimulateCommand.Played;
import dev.tideline.scaling.chart.TimeChart;
import dev.tideline.scaling.chart.TimeChart.Line;
import dev.tideline.scaling.chart.TimeChart.Panel;
import dev.tideline.scaling.simulation.Timeline;
import dev.tideline.scaling.simulation.Trace;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What came of simulations, for people, programs and eyes.
 *
 * @param capacity requests a second that one instance takes within the target
 */
record SimulationReport(Trace traffic, double capacity, Duration target) {

  /** As the contract names it. */
  record Summary(
      String policy,
      double instanceHours,
      double minutesAboveTarget,
      long droppedRequests,
      int scaleUps,
      int scaleDowns,
      int maxInstances,
      double costUsd) {}

  static List<Summary> summaries(List<Played> played) {
    return played.stream()
        .map(one -> {
          Timeline timeline = one.timeline();
          return new Summary(
              one.policy(),
              timeline.instanceHours(),
              timeline.minutesAboveTarget(),
              timeline.droppedRequests(),
              timeline.scaleUps(),
              timeline.scaleDowns(),
              timeline.maxInstances(),
              Math.round(timeline.costUsd() * 1e4) / 1e4);
        })
        .toList();
  }

  void print(List<Played> played, PrintStream out) {
    Instant end = traffic.start().plus(Duration.ofMinutes(traffic.minutes()));
    out.printf(
        Locale.ROOT,
        "%s: %,.0f requests in %,d minutes, %s to %s; an instance takes %.3g requests/s within a p95 of %d ms%n",
        traffic.name(),
        Arrays.stream(traffic.requests()).sum(),
        traffic.minutes(),
        traffic.start(),
        end,
        capacity,
        target.toMillis());
    table(played, out);
  }

  void printFront(List<Played> front, PrintStream out) {
    out.printf("%nThresholds that no others beat in both:%n");
    table(front, out);
  }

  private static void table(List<Played> played, PrintStream out) {
    int width = played.stream().mapToInt(one -> one.policy().length()).max().orElse(0);
    String row = "  %-" + Math.max(10, width) + "s %14s %19s %10s %6s %6s %5s %10s%n";
    out.printf(
        row,
        "policy",
        "instance hours",
        "min above target",
        "dropped",
        "ups",
        "downs",
        "most",
        "cost, USD");
    for (Played one : played) {
      Timeline timeline = one.timeline();
      out.printf(
          row,
          one.policy(),
          number("%,.1f", timeline.instanceHours()),
          number("%,.2f", timeline.minutesAboveTarget()),
          number("%,.0f", (double) timeline.droppedRequests()),
          timeline.scaleUps(),
          timeline.scaleDowns(),
          timeline.maxInstances(),
          number("%,.2f", timeline.costUsd()));
    }
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** Minute by minute; a line for each policy. */
  static String csv(List<Played> played) {
    StringBuilder csv =
        new StringBuilder("policy,minute,requests_per_second,instances,p95_ms,change\n");
    for (Played one : played) {
      for (Timeline.Minute minute : one.timeline().minutes()) {
        csv.append(
            String.format(
                Locale.ROOT,
                "%s,%s,%.3f,%d,%.1f,%d%n",
                one.policy(),
                minute.at(),
                minute.rate(),
                minute.instances(),
                minute.p95Seconds() * 1000,
                minute.change()));
      }
    }
    return csv.toString();
  }

  String chart(List<Played> played) {
    return TimeChart.svg(
        traffic.name(),
        traffic.start(),
        traffic.start().plus(Duration.ofMinutes(traffic.minutes())),
        List.of(
            new Panel(
                "requests/s",
                lines(played.subList(0, 1), Timeline.Minute::rate, false),
                OptionalDouble.empty()),
            new Panel(
                "p95, ms",
                lines(played, minute -> minute.p95Seconds() * 1000, false),
                OptionalDouble.of((double) target.toMillis())),
            new Panel(
                "instances",
                lines(played, Timeline.Minute::instances, true),
                OptionalDouble.empty())));
  }

  private static List<Line> lines(
      List<Played> played, ToDoubleFunction<Timeline.Minute> value, boolean steps) {
    return played.stream()
        .map(one ->
            new Line(
                one.policy(),
                one.timeline().minutes().stream().mapToDouble(value).toArray(),
                steps))
        .toList();
  }
}
