package dev.tideline.bench.quality;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
      "and substitute products, and the share of queries without a result, for each variant of the search.",
      "With --online-retail: recall@20 and nDCG@20 of what customers bought from November 2011 on, by what was",
      "known until then, beside popularity and plain item kNN."
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline bench quality --esci data/esci",
      "  ./tideline bench quality --online-retail data/online_retail/online_retail.csv.gz"
    })
public final class QualityBench implements Callable<Integer> {

  @Option(
      names = "--esci",
      paramLabel = "DIR",
      description = "Folder with products.csv.gz, queries_even.csv.gz and judgments_even.csv.gz.")
  @Nullable Path esci;

  @Option(
      names = "--online-retail",
      paramLabel = "FILE",
      description = "The file online_retail.csv.gz.")
  @Nullable Path onlineRetail;

  @Option(names = "--json", description = "The figures as JSON on standard output.")
  boolean json;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (esci == null && onlineRetail == null) {
      throw new ParameterException(
          spec.commandLine(), "nothing to measure: name --esci DIR or --online-retail FILE");
    }
    List<SearchQuality.Figures> search = List.of();
    List<RecommendationQuality.Figures> recommendations = List.of();
    if (esci != null) {
      System.err.println("  search: loading the catalog, then each variant; a minute or two");
      search = SearchQuality.measure(esci);
    }
    if (onlineRetail != null) {
      System.err.println("  recommendations: loading half a million events; some minutes");
      recommendations = RecommendationQuality.measure(onlineRetail);
    }
    if (json) {
      printJson(
          search.isEmpty()
              ? recommendations
              : recommendations.isEmpty()
                  ? search
                  : Map.of("search", search, "recommendations", recommendations));
    } else {
      print(search);
      printRecommendations(recommendations);
    }
    return 0;
  }

  private static void print(List<SearchQuality.Figures> figures) {
    if (figures.isEmpty()) {
      return;
    }
    System.out.println("| variant | nDCG@10 | recall@100 | zero results |");
    System.out.println("|---|---|---|---|");
    figures.forEach(row ->
        System.out.printf(
            "| %s | %.4f | %.4f | %.3f |%n",
            row.variant(), row.ndcgAt10(), row.recallAt100(), row.zeroResultRate()));
  }

  private static void printRecommendations(List<RecommendationQuality.Figures> figures) {
    if (figures.isEmpty()) {
      return;
    }
    System.out.println("| variant | to predict | recall@20 | nDCG@20 | products shown |");
    System.out.println("|---|---|---|---|---|");
    figures.forEach(row ->
        System.out.printf(
            "| %s | %s | %.4f | %.4f | %d |%n",
            row.variant(),
            row.known() ? "all they buy" : "what is new to them",
            row.recallAt20(),
            row.ndcgAt20(),
            row.coverage()));
  }

  private static void printJson(Object figures) {
    System.out.println(
        JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build()
            .writeValueAsString(figures));
  }
}
