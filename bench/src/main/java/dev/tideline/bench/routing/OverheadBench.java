package dev.tideline.bench.routing;

import dev.tideline.bench.load.Median;
import dev.tideline.embedded.TestDatabases;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Nanoseconds that each router adds to a statement. */
@Command(
    name = "overhead",
    mixinStandardHelpOptions = true,
    description = {
      "Measure with JMH what each router adds to a read, against a bare HikariCP pool on the same replica.",
      "The contenders take turns in every round; differences are taken within a round."
    })
final class OverheadBench implements Callable<Integer> {

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Rounds (default ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "Seconds of measuring per contender and round (default ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--over-network",
      description = {
        "Let the server answer the statement. By default the driver has its answer at hand:",
        "a round trip takes a hundred times as long as what is measured, and varies more."
      })
  boolean overNetwork;

  private record Score(double nanos, double bytes) {}

  @Override
  public Integer call() throws Exception {
    Map<Contender, List<Score>> scores = new EnumMap<>(Contender.class);
    try (TestDatabases databases = TestDatabases.start(1)) {
      Endpoint endpoint = Endpoint.of(databases);
      for (int round = 1; round <= rounds; round++) {
        for (Contender contender : Contender.values()) {
          Score score = measure(contender, endpoint);
          scores.computeIfAbsent(contender, key -> new ArrayList<>()).add(score);
          System.err.printf(
              "round %d %-15s %,10.0f ns  %,8.0f bytes%n",
              round, contender, score.nanos(), score.bytes());
        }
      }
    }
    print(scores);
    return 0;
  }

  private Score measure(Contender contender, Endpoint endpoint) throws Exception {
    RunResult result =
        new Runner(
                new OptionsBuilder()
                    .include(StatementBenchmark.class.getName() + ".read")
                    .param("contender", contender.name())
                    .param("canned", Boolean.toString(!overNetwork))
                    .forks(1)
                    .warmupIterations(2)
                    .warmupTime(TimeValue.seconds(3))
                    .measurementIterations(Math.max(1, seconds / 2))
                    .measurementTime(TimeValue.seconds(2))
                    .threads(1)
                    .addProfiler(GCProfiler.class)
                    .verbosity(VerboseMode.SILENT)
                    .jvmArgsAppend(
                        "-XX:+UseSerialGC",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        endpoint.asProperties()[0],
                        endpoint.asProperties()[1])
                    .build())
            .runSingle();
    return new Score(
        result.getPrimaryResult().getScore(),
        result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
  }

  private void print(Map<Contender, List<Score>> scores) {
    System.out.println(
        "| data source | ns a read, median | added to HikariCP, median | bytes allocated |");
    System.out.println("|---|---|---|---|");
    List<Score> floor = scores.get(Contender.HIKARI);
    scores.forEach((contender, own) -> {
      List<Double> added = new ArrayList<>();
      for (int i = 0; i < own.size(); i++) {
        added.add(own.get(i).nanos() - floor.get(i).nanos());
      }
      System.out.printf(
          "| %s | %,.0f | %s | %,.0f |%n",
          contender,
          Median.of(own.stream().map(Score::nanos).toList()),
          contender == Contender.HIKARI ? "" : "%,.0f".formatted(Median.of(added)),
          Median.of(own.stream().map(Score::bytes).toList()));
    });
  }
}
