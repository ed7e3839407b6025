package dev.tideline.bench;

import dev.tideline.bench.cache.CacheBenches;
import dev.tideline.bench.load.LoadBench;
import dev.tideline.bench.quality.QualityBench;
import dev.tideline.bench.ranking.RankingBench;
import dev.tideline.bench.routing.RoutingBenches;
import dev.tideline.bench.scaling.ScalingBenches;
import dev.tideline.bench.scaling.StartBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Benchmarks by name. */
@Command(
    name = "tideline bench",
    mixinStandardHelpOptions = true,
    description = "Measure, beside others on the same databases.",
    subcommands = {
      RoutingBenches.class,
      CacheBenches.class,
      QualityBench.class,
      LoadBench.class,
      RankingBench.class,
      StartBench.class,
      ScalingBenches.class
    })
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }
}
