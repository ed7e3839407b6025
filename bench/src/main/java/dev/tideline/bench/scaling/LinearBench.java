package dev.tideline.bench.scaling;

import dev.tideline.bench.load.LoadedShop;
import dev.tideline.bench.load.Median;
import dev.tideline.bench.load.OpenLoop.Outcome;
import dev.tideline.bench.load.Workload;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What more instances carry. */
@Command(
    name = "linear",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Searches a second that a fleet answers within the p95 target, none failing, for several",
      "numbers of instances: found by going up in small steps from what is surely carried.",
      "The instances that are not measured are asked as much meanwhile: where more of a machine is",
      "in use a share of a core does less, and it is to do the same whatever is measured."
    })
final class LinearBench implements Callable<Integer> {

  private static final int PRODUCTS = 2_000;

  /** Long answers: work for instances rather than for who sends and passes on requests. */
  private static final int LIMIT = 100;

  private static final double STEP = 1.1;

  /** Searches a second for each instance, which it surely carries. */
  private static final double BEGIN = 80;

  /** Of the same, at the end of the time in which they warm up without a bound. */
  private static final double WARM_RATE = 250;

  private static final int TRIES = 3;

  /** The balancer gives who is routed anew its full share then. */
  private static final Duration SLOW_START = Duration.ofSeconds(10);

  /** One that is overloaded is sent no less: as many are measured as are meant. */
  private static final int NEVER_OUT = Integer.MAX_VALUE;

  @Option(names = "--instances", split = ",", defaultValue = "1,2,4,6", description = "How many.")
  List<Integer> instances = List.of();

  @Option(names = "--share", defaultValue = "0.15", description = "Cores that each may use.")
  double share;

  @Option(names = "--p95", defaultValue = "300", description = "Target, milliseconds.")
  double p95;

  @Option(names = "--seconds", defaultValue = "5", description = "Of each step.")
  int seconds;

  @Option(
      names = "--warm",
      defaultValue = "240",
      description = "Seconds without a bound before, until compilers have little left to do.")
  int warm;

  @Option(
      names = "--java-options",
      defaultValue = "-Xmx256m -XX:TieredStopAtLevel=1 -XX:ActiveProcessorCount=1",
      description = "Of instances.")
  String java = "";

  @Option(
      names = "--others-idle",
      description = "Ask instances that are not measured nothing: the machine's own limits show.")
  boolean othersIdle;

  @Option(names = "--rounds", defaultValue = "3", description = "Each up and down again.")
  int rounds;

  @Override
  public Integer call() throws Exception {
    List<Integer> up = instances.stream().sorted().toList();
    Map<Integer, List<Double>> carried = new TreeMap<>();
    try (LoadedShop shop = LoadedShop.sample(PRODUCTS, false);
        Connection admin = shop.connect();
        BenchFleet fleet = new BenchFleet(shop, 1, share, java, NEVER_OUT)) {
      Supplier<URI> searches = Workload.of(fleet.url(), admin).searches(LIMIT);
      fleet.warm(up.getLast(), searches, WARM_RATE, Duration.ofSeconds(warm));
      if (!fleet.isShared()) {
        System.err.println("no control groups may be made here: instances cannot be told apart");
        return 1;
      }
      EvenLoad load = new EvenLoad(fleet, admin, LIMIT, !othersIdle);
      for (int round = 0; round < rounds; round++) {
        for (int count : round % 2 == 0 ? up : up.reversed()) {
          fleet.route(count);
          List<Double> before = carried.computeIfAbsent(count, none -> new ArrayList<>());
          double from = before.isEmpty() ? BEGIN * count : before.getLast() * 0.75;
          load.run(count, from, SLOW_START);
          before.add(carried(fleet, load, count, from));
        }
      }
    }
    System.out.println("| instances | searches/s | in each round | of linear |");
    System.out.println("|---|---|---|---|");
    double one = Median.of(carried.getOrDefault(up.getFirst(), List.of(0.0))) / up.getFirst();
    carried.forEach((count, rates) ->
        System.out.printf(
            Locale.ROOT,
            "| %d | %.0f | %s | %.2f |%n",
            count,
            Median.of(rates),
            rates.stream().map(rate -> Long.toString(Math.round(rate))).toList(),
            Median.of(rates) / count / one));
    return 0;
  }

  /** The highest rate that is carried: up from where it begins, or down if that is too much. */
  private double carried(BenchFleet fleet, EvenLoad load, int count, double from)
      throws InterruptedException {
    double rate = from;
    if (isCarried(fleet, load, count, rate)) {
      while (isCarried(fleet, load, count, rate * STEP)) {
        rate *= STEP;
      }
      return rate;
    }
    do {
      rate /= STEP;
    } while (rate > 1 && !isCarried(fleet, load, count, rate));
    return rate;
  }

  /** A bad step may be the machine's, and is tried again. */
  private boolean isCarried(BenchFleet fleet, EvenLoad load, int count, double rate)
      throws InterruptedException {
    boolean good = false;
    for (int i = 0; i < TRIES && !good; i++) {
      good = isGood(step(fleet, load, count, rate));
    }
    return good;
  }

  private boolean isGood(Outcome outcome) {
    return outcome.failed() == 0 && outcome.p95() <= p95;
  }

  private Outcome step(BenchFleet fleet, EvenLoad load, int count, double rate)
      throws InterruptedException {
    double before = fleet.cpuSeconds(count);
    Outcome outcome = load.run(count, rate, Duration.ofSeconds(seconds));
    double used = fleet.cpuSeconds(count) - before;
    System.err.printf(
        Locale.ROOT,
        "  %d: %.0f/s: p95 %.1f ms, %d failed, %.2f ms of CPU for each, %.2f of the shares%n",
        count,
        rate,
        outcome.p95(),
        outcome.failed(),
        1_000 * used / outcome.sent(),
        used / seconds / (share * count));
    return outcome;
  }
}
