package dev.tideline.bench.quality;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** How good search and recommendations are. */
@Command(
    name = "quality",
    mixinStandardHelpOptions = true,
    description = {
      "Measure how good answers are, on a PostgreSQL of its own.",
      "With --esci: nDCG@10 (gains 1, 0.1, 0.01, 0; what was not judged counts as 0), recall@100 of exact",
      "and substitute products, and the share of queries without a result, for each variant of the search."
    },
    footer = {"", "Examples:", "  ./tideline bench quality --esci data/esci"})
public final class QualityBench implements Callable<Integer> {

  @Option(
      names = "--esci",
      paramLabel = "DIR",
      description = "Folder with products.csv.gz, queries_even.csv.gz and judgments_even.csv.gz.")
  @Nullable Path esci;

  @Option(names = "--json", description = "The figures as JSON on standard output.")
  boolean json;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (esci == null) {
      throw new ParameterException(spec.commandLine(), "nothing to measure: name --esci DIR");
    }
    List<SearchQuality.Figures> figures = SearchQuality.measure(esci);
    if (json) {
      System.out.println(
          JsonMapper.builder()
              .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
              .build()
              .writeValueAsString(figures));
      return 0;
    }
    System.out.println("| variant | nDCG@10 | recall@100 | zero results |");
    System.out.println("|---|---|---|---|");
    figures.forEach(row ->
        System.out.printf(
            "| %s | %.4f | %.4f | %.3f |%n",
            row.variant(), row.ndcgAt10(), row.recallAt100(), row.zeroResultRate()));
    return 0;
  }
}
