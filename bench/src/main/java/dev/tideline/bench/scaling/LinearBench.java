package dev.tideline.bench.scaling;

import dev.tideline.bench.load.LoadedShop;
import dev.tideline.bench.load.OpenLoop;
import dev.tideline.bench.load.OpenLoop.Outcome;
import dev.tideline.bench.load.Workload;
import dev.tideline.fleet.balancer.Balancer.Balancing;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
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
      "numbers of instances: found by going up in small steps from what is surely carried."
    })
final class LinearBench implements Callable<Integer> {

  private static final int PRODUCTS = 2_000;

  /** Long answers: work for instances rather than for who sends and passes on requests. */
  private static final int LIMIT = 100;

  private static final double STEP = 1.08;

  /** Searches a second for each instance, which it surely carries. */
  private static final double BEGIN = 40;

  /** Of the same, while they warm up without a bound. */
  private static final double WARM_RATE = 80;

  private static final int WARM_STEPS = 15;

  /** Searches a second, and the 95th percentile of their milliseconds. */
  private record Carried(double rate, double p95) {
    static final Carried NONE = new Carried(0, 0);
  }

  @Option(names = "--instances", split = ",", defaultValue = "1,2,4,6", description = "How many.")
  List<Integer> instances = List.of();

  @Option(names = "--share", defaultValue = "0.15", description = "Cores that each may use.")
  double share;

  @Option(names = "--p95", defaultValue = "100", description = "Target, milliseconds.")
  double p95;

  @Option(names = "--seconds", defaultValue = "5", description = "Of each step.")
  int seconds;

  @Override
  public Integer call() throws Exception {
    List<Integer> fewerAndFewer = instances.stream().sorted().toList().reversed();
    Map<Integer, Carried> carried = new TreeMap<>();
    try (LoadedShop shop = LoadedShop.sample(PRODUCTS, false);
        Connection admin = shop.connect();
        BenchFleet fleet = new BenchFleet(shop, 1, share, Balancing.DEFAULT)) {
      Supplier<URI> searches = Workload.of(fleet.url(), admin).searches(LIMIT);
      warm(fleet, searches, fewerAndFewer.getFirst());
      for (int count : fewerAndFewer) {
        fleet.resize(count);
        if (!fleet.isShared()) {
          System.err.println("no control groups may be made here: instances cannot be told apart");
          return 1;
        }
        carried.put(count, carried(fleet, searches, BEGIN * count));
      }
    }
    System.out.println("| instances | searches/s | p95, ms | of linear |");
    System.out.println("|---|---|---|---|");
    int fewest = fewerAndFewer.getLast();
    double one = carried.getOrDefault(fewest, Carried.NONE).rate() / fewest;
    carried.forEach((count, found) ->
        System.out.printf(
            Locale.ROOT,
            "| %d | %.0f | %.1f | %.2f |%n",
            count,
            found.rate(),
            found.p95(),
            found.rate() / count / one));
    return 0;
  }

  /** All that compilers have to do is done before there are shares. */
  private void warm(BenchFleet fleet, Supplier<URI> searches, int most)
      throws InterruptedException {
    fleet.free(true);
    fleet.resize(most);
    for (int i = 0; i < WARM_STEPS; i++) {
      step(fleet, searches, WARM_RATE * most);
    }
    fleet.free(false);
  }

  /** The last rate that was carried; one bad step is given a second chance. */
  private Carried carried(BenchFleet fleet, Supplier<URI> searches, double from)
      throws InterruptedException {
    Carried carried = Carried.NONE;
    for (double rate = from; ; rate *= STEP) {
      Outcome outcome = step(fleet, searches, rate);
      if (!isGood(outcome)) {
        outcome = step(fleet, searches, rate);
      }
      if (!isGood(outcome)) {
        return carried;
      }
      carried = new Carried(rate, outcome.p95());
    }
  }

  private boolean isGood(Outcome outcome) {
    return outcome.failed() == 0 && outcome.p95() <= p95;
  }

  private Outcome step(BenchFleet fleet, Supplier<URI> searches, double rate)
      throws InterruptedException {
    Outcome outcome =
        OpenLoop.run(
            fleet.http(), searches, second -> rate, Duration.ofSeconds(seconds), (a, b, c) -> {});
    System.err.printf(
        Locale.ROOT,
        "  %d instances, %.0f/s: p95 %.1f ms, %d failed%n",
        fleet.healthy().size(),
        rate,
        outcome.p95(),
        outcome.failed());
    return outcome;
  }
}
