package dev.tideline.bench.scaling;

import dev.tideline.bench.load.LoadedShop;
import dev.tideline.bench.load.OpenLoop;
import dev.tideline.bench.load.OpenLoop.Outcome;
import dev.tideline.bench.load.Workload;
import dev.tideline.fleet.autoscaling.Autoscaler;
import dev.tideline.fleet.autoscaling.InstanceReadings;
import dev.tideline.fleet.autoscaling.LocalTarget;
import dev.tideline.fleet.autoscaling.ScalingEventStore;
import dev.tideline.fleet.autoscaling.ScalingHistory;
import dev.tideline.fleet.instance.InstancePool;
import dev.tideline.fleet.instance.InstanceSettings;
import dev.tideline.scaling.policy.ThresholdPolicy;
import dev.tideline.scaling.policy.Thresholds;
import dev.tideline.scaling.policy.Thresholds.Bounds;
import dev.tideline.scaling.policy.Thresholds.Limits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A day of a shop in some minutes: traffic grows tenfold and falls back. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Traffic from 1x to 10x and back against a fleet that scales itself, windows shortened; at"
          + " the",
      "top every instance is replaced by a new one, one after another, and later one is killed.",
      "Writes timeline.csv and timeline.svg; fails if a single request did."
    })
final class ScalingRunBench implements Callable<Integer> {

  private static final int PRODUCTS = 2_000;

  /** Long answers: work for instances rather than for who sends and passes on requests. */
  private static final int LIMIT = 100;

  @Option(names = "--output", paramLabel = "DIR", defaultValue = "target/scaling")
  Path output = Path.of("");

  @Option(names = "--share", defaultValue = "0.25", description = "Cores that each may use.")
  double share;

  @Option(
      names = "--capacity",
      defaultValue = "150",
      description = "Searches a second that one surely carries: see bench scaling linear.")
  double capacity;

  @Option(
      names = "--peak",
      defaultValue = "2.4",
      description = "10x, in parts of what one instance carries.")
  double peak;

  @Option(names = "--ramp", defaultValue = "240", description = "Seconds from 1x to 10x, and back.")
  int ramp;

  @Option(names = "--top", defaultValue = "100", description = "Seconds at 10x.")
  int top;

  /**
   * The second compiler would take more than such a share for minutes, on cores that all have in
   * common: an instance is what it will be from its start.
   */
  @Option(
      names = "--java-options",
      defaultValue = "-Xmx256m -XX:TieredStopAtLevel=1 -XX:ActiveProcessorCount=1",
      description = "Of instances.")
  String java = "";

  /** 1x at the beginning and the end. */
  private static final int FLAT = 20;

  /** After the load has fallen, so long may the fleet take to shrink. */
  private static final int TAIL = 90;

  private double rate(double second) {
    double high = peak * capacity;
    double low = high / 10;
    double up = second - FLAT;
    double down = up - ramp - top;
    if (up < 0 || down > ramp) {
      return low;
    }
    return down > 0
        ? high - (high - low) * down / ramp
        : Math.min(high, low + (high - low) * up / ramp);
  }

  private Thresholds thresholds() {
    Limits up = Thresholds.DEFAULT.up();
    Limits down = Thresholds.DEFAULT.down();
    return Thresholds.DEFAULT
        .withLimits(
            new Limits(up.cpu(), up.memory(), up.rate(), up.p95(), Duration.ofSeconds(6)),
            new Limits(down.cpu(), down.memory(), down.rate(), down.p95(), Duration.ofSeconds(12)))
        .withBounds(new Bounds(2, 10))
        .withTimes(Duration.ofSeconds(6), Duration.ofSeconds(10))
        .withCapacity(capacity);
  }

  @Override
  public Integer call() throws Exception {
    try (LoadedShop shop = LoadedShop.sample(PRODUCTS, false);
        Connection admin = shop.connect();
        ScalingEventStore history = shop.scalingHistory();
        HttpClient scraping = HttpClient.newHttpClient();
        BenchFleet fleet =
            new BenchFleet(shop, 2, share, java, InstanceSettings.UNHEALTHY_THRESHOLD)) {
      Supplier<URI> searches = Workload.of(fleet.url(), admin).searches(LIMIT);
      fleet.warm(2, searches, capacity / 2, Duration.ofSeconds(40));
      ScalingTimeline timeline = new ScalingTimeline(fleet.pool(), Duration.ofMillis(300));
      try (Autoscaler autoscaler =
          new Autoscaler(
              new Autoscaler.Settings(Duration.ofSeconds(2), false),
              readings(fleet.pool(), scraping),
              new ThresholdPolicy(thresholds()),
              new LocalTarget(fleet.pool()),
              history,
              Clock.systemUTC())) {
        autoscaler.start();
        Thread trouble = Thread.ofVirtual().start(() -> trouble(fleet, timeline));
        Duration length = Duration.ofSeconds(2L * FLAT + 2L * ramp + top + TAIL);
        timeline.begin();
        Outcome outcome =
            OpenLoop.run(fleet.http(), searches, this::rate, length, timeline::answered);
        trouble.join();
        timeline.end();
        List<ScalingHistory.Event> events = history.latest(100);
        timeline.write(output, events);
        return report(outcome, timeline, events, fleet);
      }
    }
  }

  private InstanceReadings readings(InstancePool pool, HttpClient http) {
    return new InstanceReadings(
        () -> InstanceReadings.Members.of(pool),
        new InstanceReadings.Settings(
            Duration.ofSeconds(6), Duration.ofSeconds(10), serving -> share),
        http);
  }

  /** Replaces all at the top, kills one a minute later. */
  private void trouble(BenchFleet fleet, ScalingTimeline timeline) {
    try {
      TimeUnit.SECONDS.sleep((long) FLAT + ramp + 5);
      timeline.note("every instance is replaced");
      fleet.replaceEach();
      timeline.note("every instance has been replaced");
      TimeUnit.SECONDS.sleep(10);
      InstancePool.View victim = fleet.healthy().getFirst();
      timeline.note(victim.name() + " is killed");
      ProcessHandle.of(victim.pid()).ifPresent(ProcessHandle::destroyForcibly);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int report(
      Outcome outcome,
      ScalingTimeline timeline,
      List<ScalingHistory.Event> events,
      BenchFleet fleet)
      throws IOException {
    System.out.printf(
        Locale.ROOT,
        "%d requests, %d failed; p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, worst 5 s p95 %.1f ms%n",
        outcome.sent(),
        outcome.failed(),
        outcome.p50(),
        outcome.p95(),
        outcome.p99(),
        timeline.worstP95Millis());
    System.out.printf(
        "instances: 2 at first, %d at most, %d in the end; %d times scaled%s%n",
        timeline.mostInstances(),
        fleet.healthy().size(),
        events.size(),
        fleet.isShared() ? "" : "; NOT held to a share: no control groups may be made here");
    timeline.notes().forEach(System.out::println);
    System.out.println("written: " + output.resolve("timeline.csv") + ", timeline.svg");
    return outcome.failed() == 0 ? 0 : 1;
  }
}
