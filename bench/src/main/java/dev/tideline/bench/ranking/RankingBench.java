package dev.tideline.bench.ranking;

import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long it takes to rank 200 candidates. */
@Command(
    name = "ranking",
    mixinStandardHelpOptions = true,
    description = "Measure the weighing and sorting of 200 candidates by all features.",
    footer = {"", "Examples:", "  ./tideline bench ranking --seconds 2"})
public final class RankingBench implements Callable<Integer> {

  @Option(
      names = "--seconds",
      defaultValue = "1",
      description = "Seconds of each of five rounds (default ${DEFAULT-VALUE}).")
  int seconds;

  @Override
  public Integer call() throws Exception {
    new Runner(
            new OptionsBuilder()
                .include(RankingBenchmark.class.getName())
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(seconds))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(seconds))
                .build())
        .run();
    return 0;
  }
}
