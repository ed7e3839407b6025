package dev.tideline.bench.cache;

import dev.tideline.bench.cache.HitBenchmark.Who;
import dev.tideline.bench.load.Median;
import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.process.ServerUser;
import dev.tideline.embedded.redis.RedisServer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a hit costs, in process and in Redis. */
@Command(
    name = "hits",
    mixinStandardHelpOptions = true,
    description = {
      "Measure with JMH what a hit costs in process and in Redis, beside the libraries beneath (Caffeine, Lettuce),",
      "JetCache and Redisson. They take turns in every round; ratios are taken within a round."
    },
    footer = {"", "Examples:", "  ./tideline bench cache hits --rounds 3"})
final class HitsBench implements Callable<Integer> {

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Rounds (default ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "Seconds of measuring per contender and round (default ${DEFAULT-VALUE}).")
  int seconds;

  @Override
  public Integer call() throws Exception {
    try (TestDatabases databases = TestDatabases.prepare(0, ServerUser.detect());
        RedisServer redis = databases.startRedis()) {
      System.out.println("| tier | cache | ns a hit, median | of the library beneath, median |");
      System.out.println("|---|---|---|---|");
      for (boolean local : new boolean[] {true, false}) {
        Map<Who, List<Double>> nanos = new EnumMap<>(Who.class);
        for (int round = 1; round <= rounds; round++) {
          for (Who who : Who.values()) {
            double score = measure(who, local, Endpoint.of(redis));
            nanos.computeIfAbsent(who, key -> new ArrayList<>()).add(score);
            System.err.printf(
                "round %d %s %-10s %,12.1f ns%n", round, local ? "local" : "redis", who, score);
          }
        }
        print(local, nanos);
      }
    }
    return 0;
  }

  private double measure(Who who, boolean local, Endpoint endpoint) throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include(HitBenchmark.class.getName() + ".hit")
                .param("who", who.name())
                .param("local", Boolean.toString(local))
                .forks(1)
                .warmupIterations(2)
                .warmupTime(TimeValue.seconds(2))
                .measurementIterations(Math.max(1, seconds / 2))
                .measurementTime(TimeValue.seconds(2))
                .threads(1)
                .verbosity(VerboseMode.SILENT)
                .jvmArgsAppend("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED")
                .jvmArgsPrepend(endpoint.asProperties().toArray(String[]::new))
                .build())
        .runSingle()
        .getPrimaryResult()
        .getScore();
  }

  private static void print(boolean local, Map<Who, List<Double>> nanos) {
    List<Double> beneath = nanos.get(Who.BENEATH);
    nanos.forEach((who, own) -> {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < own.size(); i++) {
        ratios.add(own.get(i) / beneath.get(i));
      }
      System.out.printf(
          "| %s | %s | %,.0f | %.2f |%n",
          local ? "in process" : "Redis",
          who == Who.BENEATH ? (local ? "Caffeine" : "Lettuce GET") : who,
          Median.of(own),
          Median.of(ratios));
    });
  }
}
