package dev.tideline.bench.scaling;

import dev.tideline.bench.load.OpenLoop;
import dev.tideline.bench.load.OpenLoop.Outcome;
import dev.tideline.bench.load.Workload;
import dev.tideline.fleet.instance.InstancePool;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Requests to some of the instances through the balancer, which are measured, and as many to each
 * of the others without it, which are not: where more of a machine is in use a share of a core does
 * less, and it is to do the same whichever number is measured.
 */
final class EvenLoad {

  private final BenchFleet fleet;
  private final Supplier<URI> routed;
  private final List<Supplier<URI>> direct = new ArrayList<>();

  /**
   * For the instances that there are now.
   *
   * @param limit results of each search
   * @param isEven if not, the others are sent nothing
   */
  EvenLoad(BenchFleet fleet, Connection admin, int limit, boolean isEven) throws SQLException {
    this.fleet = fleet;
    this.routed = Workload.of(fleet.url(), admin).searches(limit);
    for (InstancePool.View each : isEven ? fleet.healthy() : List.<InstancePool.View>of()) {
      direct.add(Workload.of(each.url(), admin).searches(limit));
    }
  }

  /**
   * What came out of those that are measured.
   *
   * @param measured so many, the oldest
   * @param rate requests a second for all of them together
   */
  Outcome run(int measured, double rate, Duration length) throws InterruptedException {
    List<Supplier<URI>> others = direct.stream().skip(measured).toList();
    Thread aside = Thread.ofVirtual().start(() -> ask(others, rate / measured, length));
    Outcome outcome = OpenLoop.run(fleet.http(), routed, second -> rate, length, (a, b, c) -> {});
    aside.join();
    return outcome;
  }

  private void ask(List<Supplier<URI>> instances, double each, Duration length) {
    if (instances.isEmpty()) {
      return;
    }
    int[] next = new int[1];
    try {
      OpenLoop.run(
          fleet.http(),
          () -> instances.get(next[0]++ % instances.size()).get(),
          second -> each * instances.size(),
          length,
          (a, b, c) -> {});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
