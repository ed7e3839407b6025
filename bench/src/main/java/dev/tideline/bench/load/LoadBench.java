package dev.tideline.bench.load;

import dev.tideline.bench.load.OpenLoop.Outcome;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long one instance takes to answer. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Measure one instance on a PostgreSQL and a Redis of its own, with sample shops of several sizes.",
      "Requests come at a fixed rate whether or not earlier ones are answered, one kind after another; times count",
      "from when a request was due."
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline bench load",
      "  ./tideline bench load --products 20000,200000 --requests search,suggest --seconds 30"
    })
public final class LoadBench implements Callable<Integer> {

  @Option(
      names = "--products",
      split = ",",
      defaultValue = "20000",
      description = "Sizes of the shop (default ${DEFAULT-VALUE}).")
  List<Integer> sizes = List.of();

  @Option(
      names = "--requests",
      split = ",",
      defaultValue = "search,suggest,recommendations",
      description = "Which kinds (default ${DEFAULT-VALUE}).")
  List<String> requests = List.of();

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "Requests a second (default ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Seconds for each kind, after as many to warm up (default ${DEFAULT-VALUE}).")
  int seconds;

  private static final String RECOMMENDATIONS = "recommendations";

  @Override
  public Integer call() throws Exception {
    System.out.println("| products | request | sent | failed | p50, ms | p95, ms | p99, ms |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (int products : sizes) {
      measure(products);
    }
    return 0;
  }

  private void measure(int products) throws Exception {
    try (LoadedShop shop = LoadedShop.sample(products, requests.contains(RECOMMENDATIONS))) {
      try (InstanceProcess instance = shop.start("instance", Map.of());
          Connection admin = shop.connect();
          HttpClient http = HttpClient.newHttpClient()) {
        Workload workload = Workload.of(instance.url(), admin);
        Map<String, Supplier<URI>> kinds = new LinkedHashMap<>();
        kinds.put("search", workload.searches());
        kinds.put("suggest", workload.suggestions());
        kinds.put(RECOMMENDATIONS, workload.recommendations());
        kinds.keySet().retainAll(requests);
        for (Map.Entry<String, Supplier<URI>> kind : kinds.entrySet()) {
          OpenLoop.run(http, kind.getValue(), rate, Duration.ofSeconds(seconds));
          Outcome outcome = OpenLoop.run(http, kind.getValue(), rate, Duration.ofSeconds(seconds));
          System.out.printf(
              "| %,d | %s | %d | %d | %.1f | %.1f | %.1f |%n",
              products,
              kind.getKey(),
              outcome.sent(),
              outcome.failed(),
              outcome.p50(),
              outcome.p95(),
              outcome.p99());
        }
      }
    }
  }
}
