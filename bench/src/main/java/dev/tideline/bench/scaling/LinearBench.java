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
  private static final double STEP = 1.08;

  /** Of what one instance carries, so much for each is surely carried. */
  private static final double BEGIN = 0.5;

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
    try (LoadedShop shop = LoadedShop.sample(PRODUCTS, false);
        Connection admin = shop.connect();
        BenchFleet fleet = new BenchFleet(shop, 1, share, Balancing.DEFAULT)) {
      Supplier<URI> searches = Workload.of(fleet.url(), admin).searches();
      fleet.resize(1);
      if (!fleet.isShared()) {
        System.err.println("no control groups may be made here: instances cannot be told apart");
        return 1;
      }
      System.out.println("| instances | searches/s | p95, ms | of linear |");
      System.out.println("|---|---|---|---|");
      double one = 0;
      for (int count : instances.stream().sorted().toList()) {
        fleet.resize(count);
        double carried = carried(fleet, searches, Math.max(20, one * count * BEGIN));
        one = one == 0 ? carried / count : one;
        System.out.printf(
            Locale.ROOT,
            "| %d | %.0f | %.1f | %.2f |%n",
            count,
            carried,
            lastP95,
            carried / count / one);
      }
    }
    return 0;
  }

  private double lastP95;

  /** The last rate that was carried; one bad step is given a second chance. */
  private double carried(BenchFleet fleet, Supplier<URI> searches, double from)
      throws InterruptedException {
    double carried = 0;
    for (double rate = from; ; rate *= STEP) {
      Outcome outcome = step(fleet, searches, rate);
      System.err.printf(
          Locale.ROOT, "  %.0f/s: p95 %.1f ms, %d failed%n", rate, outcome.p95(), outcome.failed());
      if (!isGood(outcome)) {
        outcome = step(fleet, searches, rate);
      }
      if (!isGood(outcome)) {
        return carried;
      }
      carried = rate;
      lastP95 = outcome.p95();
    }
  }

  private boolean isGood(Outcome outcome) {
    return outcome.failed() == 0 && outcome.p95() <= p95;
  }

  private Outcome step(BenchFleet fleet, Supplier<URI> searches, double rate)
      throws InterruptedException {
    return OpenLoop.run(
        fleet.http(), searches, second -> rate, Duration.ofSeconds(seconds), (a, b, c) -> {});
  }
}
