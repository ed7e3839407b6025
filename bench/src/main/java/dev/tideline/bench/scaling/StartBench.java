package dev.tideline.bench.scaling;

import dev.tideline.bench.load.InstanceProcess;
import dev.tideline.bench.load.LoadedShop;
import dev.tideline.bench.load.Median;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long an instance takes from its start to its first answer, and until it is ready and warm.
 */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Start instances of a distribution by turns with and without its AOT cache, and with and",
      "without rehearsal: seconds to the first answer, to readiness, CPU time until then, and the",
      "first searches' milliseconds."
    },
    footer = {
      "",
      "Example:",
      "  ./tideline package --output target/distribution",
      "  ./tideline bench start --distribution target/distribution"
    })
public final class StartBench implements Callable<Integer> {

  private static final int PRODUCTS = 2_000;
  private static final int SEARCHES = 100;

  @Option(
      names = "--distribution",
      required = true,
      paramLabel = "DIR",
      description = "What ./tideline package made.")
  Path distribution = Path.of("");

  @Option(names = "--rounds", description = "Starts of each kind.", defaultValue = "5")
  int rounds = 5;

  /** Times in seconds, searches in milliseconds. */
  private record Start(double live, double ready, double cpu, double first, double median) {}

  /** One way to start: JVM flags and settings. */
  private record Way(List<String> flags, Map<String, String> settings) {}

  @Override
  public Integer call() throws Exception {
    Path lib = distribution.toAbsolutePath().resolve("lib");
    if (!Files.exists(lib.resolve("tideline.aot"))) {
      System.err.println(distribution + " has no lib/tideline.aot: ./tideline package makes one");
      return 2;
    }
    String aot = "-XX:AOTCache=" + lib.resolve("tideline.aot");
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("with AOT cache", new Way(List.of(aot), Map.of()));
    ways.put("without", new Way(List.of(), Map.of()));
    ways.put(
        "with, no rehearsal, caches not warmed",
        new Way(
            List.of(aot),
            Map.of("TIDELINE_REHEARSAL", "0s", "TIDELINE_CACHE_WARM_AT_START", "0s")));
    ways.put(
        "with, an eighth of both",
        new Way(
            List.of(aot),
            Map.of("TIDELINE_REHEARSAL", "60ms", "TIDELINE_CACHE_WARM_AT_START", "60ms")));
    ways.put(
        "with, first compiler alone", new Way(List.of(aot, "-XX:TieredStopAtLevel=1"), Map.of()));
    Map<String, List<Start>> starts = new LinkedHashMap<>();
    try (LoadedShop shop = LoadedShop.sample(PRODUCTS, false)) {
      for (int round = -1; round < rounds; round++) { // the first reads the files into memory
        for (Map.Entry<String, Way> way : ways.entrySet()) {
          Start start = start(shop, way.getValue());
          if (round >= 0) {
            starts.computeIfAbsent(way.getKey(), name -> new ArrayList<>()).add(start);
          }
        }
      }
    }
    print(starts);
    return 0;
  }

  private Start start(LoadedShop shop, Way way) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(distribution.toAbsolutePath().resolve("jre/bin/java").toString());
    command.add("@" + distribution.toAbsolutePath().resolve("lib/java.options"));
    command.addAll(way.flags());
    command.addAll(
        List.of(
            "-Xmx384m",
            "-jar",
            distribution.toAbsolutePath().resolve("lib/tideline.jar").toString(),
            "serve"));
    long begun = System.nanoTime();
    try (InstanceProcess instance = shop.start("started", way.settings(), command);
        HttpClient http = HttpClient.newHttpClient()) {
      instance.await("/health/live");
      double live = secondsSince(begun);
      instance.awaitReady();
      double ready = secondsSince(begun);
      double cpu = cpuSeconds(instance.pid());
      List<Double> searches = new ArrayList<>();
      for (int i = 0; i < SEARCHES; i++) {
        URI search = URI.create(instance.url() + "/v1/search?q=lamp%20" + i);
        long asked = System.nanoTime();
        http.send(HttpRequest.newBuilder(search).build(), BodyHandlers.discarding());
        searches.add(secondsSince(asked) * 1_000);
      }
      return new Start(live, ready, cpu, searches.getFirst(), Median.of(searches));
    }
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static double cpuSeconds(long pid) {
    return ProcessHandle.of(pid)
            .flatMap(process -> process.info().totalCpuDuration())
            .map(Duration::toMillis)
            .orElse(0L)
        / 1_000.0;
  }

  private static void print(Map<String, List<Start>> starts) {
    System.out.println(
        "medians                                  live s  ready s  CPU s  1st ms  p50 ms");
    starts.forEach((way, all) ->
        System.out.printf(
            Locale.ROOT,
            "%-40s %6.2f %8.2f %6.2f %7.1f %7.1f%n",
            way,
            Median.of(all.stream().map(Start::live).toList()),
            Median.of(all.stream().map(Start::ready).toList()),
            Median.of(all.stream().map(Start::cpu).toList()),
            Median.of(all.stream().map(Start::first).toList()),
            Median.of(all.stream().map(Start::median).toList())));
  }
}
