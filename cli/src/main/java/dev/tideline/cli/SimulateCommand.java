package dev.tideline.cli;

import dev.tideline.fleet.data.FleetJson;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.ThresholdPolicy;
import dev.tideline.scaling.policy.Thresholds;
import dev.tideline.scaling.simulation.InstanceModel;
import dev.tideline.scaling.simulation.Pareto;
import dev.tideline.scaling.simulation.Simulation;
import dev.tideline.scaling.simulation.Timeline;
import dev.tideline.scaling.simulation.Trace;
import dev.tideline.scaling.simulation.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Plays recorded traffic against a policy. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Show what a scaling policy would have done with recorded traffic: a CSV of requests by time"
          + " (timestamp,value),",
      "a CSV with a line for each request, or an access log (NGINX, Apache, our own NGINX); packed"
          + " by gzip or not.",
      "What was done to the traffic, such as lines that were left out, is told on standard error."
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline simulate --trace access.log.gz --policy threshold --chart out.svg",
      "  ./tideline simulate --trace requests.csv --compare",
      "  ./tideline simulate --trace requests.csv --policy predictive --capacity 120 --json"
    })
final class SimulateCommand implements Callable<Integer> {

  /** Of the trace's minutes, this part is to be borne by {@link #USUAL_INSTANCES}. */
  private static final double BUSY = 0.999;

  private static final int USUAL_INSTANCES = 8;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--trace",
      required = true,
      paramLabel = "FILE",
      description = "Recorded traffic.")
  private Path trace = Path.of("");

  @Option(
      names = "--count-column",
      paramLabel = "COLUMN",
      description = {
        "The column of a CSV that holds the number of requests, if it is not called",
        "value, requests or count."
      })
  private @Nullable String countColumn;

  @Option(
      names = "--bad-lines",
      paramLabel = "PERCENT",
      defaultValue = "1",
      description = {
        "Share of lines that may be unreadable (default ${DEFAULT-VALUE}); unless it is 0,",
        "10 lines always may."
      })
  private double badLinesPercent;

  @Option(
      names = "--policy",
      split = ",",
      description = "${COMPLETION-CANDIDATES} (default threshold).")
  private List<SimulatedPolicy> policies = new ArrayList<>();

  @Option(
      names = "--compare",
      description = "Compare all policies, and list the thresholds that no others beat.")
  private boolean compare;

  @Option(
      names = "--capacity",
      paramLabel = "REQUESTS/S",
      description = {
        "Requests per second that one instance serves within the latency target",
        "(default: such that the 99.9th percentile of the trace needs 8)."
      })
  private @Nullable Double capacity;

  @Option(
      names = "--p95-target",
      paramLabel = "MS",
      defaultValue = "300",
      description = "Latency target in milliseconds (default ${DEFAULT-VALUE}).")
  private int targetMillis;

  @Option(
      names = "--price-per-hour",
      defaultValue = "0.05",
      description = "Price of an instance per hour, in US dollars (default ${DEFAULT-VALUE}).")
  private double price;

  @Option(
      names = "--start-seconds",
      defaultValue = "15",
      description = "Time until a new instance takes requests (default ${DEFAULT-VALUE}).")
  private int startSeconds;

  @Option(
      names = "--warm-seconds",
      defaultValue = "30",
      description = "Time from then until it takes its full share (default ${DEFAULT-VALUE}).")
  private int warmSeconds;

  @Mixin private PolicyOptions numbers = new PolicyOptions();

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the timeline, minute by minute.")
  private @Nullable Path csv;

  @Option(names = "--chart", paramLabel = "FILE", description = "Write a chart (SVG).")
  private @Nullable Path chart;

  @Option(names = "--json", description = "Print one JSON array.")
  private boolean json;

  /** A policy and what came of it. */
  record Played(String policy, Timeline timeline) {}

  @Override
  public Integer call() {
    try {
      run();
      return 0;
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }

  private void run() {
    if (!(price >= 0) || startSeconds < 0 || warmSeconds < 0 || targetMillis < 1) {
      throw wrong(
          "--price-per-hour, --start-seconds, --warm-seconds and --p95-target must not be"
              + " negative");
    }
    if (!(badLinesPercent >= 0 && badLinesPercent <= 100)) {
      throw wrong("--bad-lines is a percentage, 0 to 100");
    }
    if (capacity != null
        && !(capacity >= ScalingOptions.CAPACITY_MIN && capacity <= ScalingOptions.CAPACITY_MAX)) {
      throw wrong(
          "--capacity must be %s to %.0f, not %s"
              .formatted(ScalingOptions.CAPACITY_MIN, ScalingOptions.CAPACITY_MAX, capacity));
    }
    Trace traffic = read();
    Duration target = Duration.ofMillis(targetMillis);
    double part = InstanceModel.of(1).utilizationAt(target);
    double usable = capacity == null ? usualCapacity(traffic) : capacity;
    InstanceModel usual = InstanceModel.of(usable / part);
    InstanceModel model =
        new InstanceModel(
            usual.capacity(),
            usual.service(),
            Duration.ofSeconds(startSeconds),
            Duration.ofSeconds(warmSeconds),
            usual.waitMax(),
            usual.memory());
    Thresholds chosen = numbers.thresholds().withCapacity(usable);
    PredictivePolicy.Settings forecast = numbers.forecast(PredictivePolicy.Mode.ON);
    Simulation.Terms terms = new Simulation.Terms(target, price, chosen.bounds().min());
    List<Played> played = new ArrayList<>();
    for (SimulatedPolicy policy : wanted()) {
      played.add(
          new Played(
              policy.name(),
              Simulation.play(traffic, model, terms, policy.open(chosen, forecast))));
    }
    SimulationReport report = new SimulationReport(traffic, usable, target);
    if (json) {
      System.out.println(FleetJson.MAPPER.writeValueAsString(SimulationReport.summaries(played)));
    } else {
      report.print(played, System.out);
      if (compare) {
        report.printFront(front(traffic, model, terms, chosen), System.out);
      }
    }
    write(report, played);
  }

  private void write(SimulationReport report, List<Played> played) {
    try {
      if (csv != null) {
        Files.writeString(csv, SimulationReport.csv(played));
      }
      if (chart != null) {
        Files.writeString(chart, report.chart(played));
      }
    } catch (IOException e) {
      throw new CommandException("cannot write the timeline: " + e);
    }
  }

  private List<SimulatedPolicy> wanted() {
    if (compare && !policies.isEmpty()) {
      throw wrong("either --policy or --compare, which plays them all");
    }
    if (compare) {
      return List.of(SimulatedPolicy.values());
    }
    return policies.isEmpty() ? List.of(SimulatedPolicy.threshold) : policies;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }

  private static double usualCapacity(Trace traffic) {
    double busy = traffic.quantile(BUSY);
    if (busy <= 0) {
      throw new IllegalArgumentException(
          traffic.name() + " has hardly any traffic: say what an instance takes with --capacity");
    }
    return busy / USUAL_INSTANCES;
  }

  /** Over how early and how long thresholds wait. */
  private List<Played> front(
      Trace traffic, InstanceModel model, Simulation.Terms terms, Thresholds chosen) {
    List<Played> grid = new ArrayList<>();
    try (Progress progress = Progress.start("thresholds", ThresholdGrid.SIZE, "runs")) {
      ThresholdGrid.around(chosen)
          .forEach((name, one) -> {
            grid.add(
                new Played(name, Simulation.play(traffic, model, terms, new ThresholdPolicy(one))));
            progress.reach(grid.size());
          });
      progress.done();
    }
    return Pareto.front(grid, Played::timeline);
  }

  private Trace read() {
    String name = trace.getFileName() == null ? trace.toString() : trace.getFileName().toString();
    TraceReader.Options options =
        new TraceReader.Options(Optional.ofNullable(countColumn), badLinesPercent / 100);
    try (LineSource lines = LineSource.open(trace)) {
      TraceReader.Result result = TraceReader.read(name, lines.stream(), options);
      result.notes().forEach(note -> System.err.println("tideline: " + name + ": " + note));
      return result.trace();
    } catch (NoSuchFileException e) {
      throw new CommandException("no such file: " + trace);
    } catch (IOException | UncheckedIOException e) {
      throw new CommandException("cannot read " + trace + " to its end: " + e.getMessage());
    }
  }
}
