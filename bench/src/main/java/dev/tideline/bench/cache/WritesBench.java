package dev.tideline.bench.cache;

import dev.tideline.bench.load.InstanceProcess;
import dev.tideline.bench.load.LoadedShop;
import dev.tideline.bench.load.OpenLoop;
import dev.tideline.bench.load.OpenLoop.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Hit rates of searches while products are written. */
@Command(
    name = "writes",
    mixinStandardHelpOptions = true,
    description = {
      "Search 6,764 products of Amazon's ESCI data on one instance, by a Zipf distribution over the data's queries,",
      "while products' prices, stocks and now and then their titles are written."
    },
    footer = {"", "Examples:", "  ./tideline bench cache writes --esci ../shared/data/esci"})
final class WritesBench implements Callable<Integer> {

  /** Every so many writes change the words of a product; the others its price or stock. */
  private static final int TITLES = 5;

  @Option(names = "--esci", required = true, paramLabel = "DIR", description = "The data's folder.")
  Path esci = Path.of("");

  @Option(
      names = "--rate",
      defaultValue = "100",
      description = "Searches a second (default ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--writes",
      split = ",",
      defaultValue = "0,1,10",
      description = "Writes a second (default ${DEFAULT-VALUE}).")
  List<Integer> writes = List.of();

  @Option(
      names = "--seconds",
      defaultValue = "120",
      description = "Seconds of each (default ${DEFAULT-VALUE}).")
  int seconds;

  private record Product(String id, String title) {}

  @Override
  public Integer call() throws Exception {
    List<String> queries = queries(esci.resolve("queries_even.csv.gz"));
    System.out.println(
        "| writes/s | searches | hit rate | candidates from a cache | failed | p50, ms | p95, ms |");
    System.out.println("|---|---|---|---|---|---|---|");
    try (LoadedShop shop = LoadedShop.esci(esci.resolve("products.csv.gz"));
        HttpClient http = HttpClient.newHttpClient()) {
      List<Product> products = products(shop);
      for (int perSecond : writes) {
        shop.flushRedis();
        try (InstanceProcess instance = shop.start("instance", Map.of())) {
          run(instance, http, queries, products, perSecond);
        }
      }
    }
    return 0;
  }

  private static List<String> queries(Path file) throws IOException {
    List<String> queries = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String query = line.substring(line.indexOf(',') + 1).replace("\"", "").strip();
        if (!query.isEmpty()) {
          queries.add(query);
        }
      }
    }
    return queries;
  }

  private static List<Product> products(LoadedShop shop) throws SQLException {
    List<Product> products = new ArrayList<>();
    try (Connection admin = shop.connect();
        Statement statement = admin.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, title FROM products ORDER BY id")) {
      while (rows.next()) {
        products.add(new Product(rows.getString(1), rows.getString(2)));
      }
    }
    return products;
  }

  private void run(
      InstanceProcess instance,
      HttpClient http,
      List<String> queries,
      List<Product> products,
      int perSecond)
      throws Exception {
    Random random = new Random(11);
    Hits hits = new Hits();
    double before = searches(instance, http, "hit");
    double missedBefore = searches(instance, http, "");
    Thread writer = Thread.ofVirtual().start(() -> write(instance, http, products, perSecond));
    Outcome outcome;
    try {
      outcome =
          OpenLoop.run(
              http,
              () ->
                  URI.create(
                      instance.url()
                          + "/v1/search?q="
                          + URLEncoder.encode(
                              queries.get(zipf(random, queries.size())), StandardCharsets.UTF_8)),
              rate,
              Duration.ofSeconds(seconds),
              (uri, answer, nanos) -> hits.count(answer));
    } finally {
      writer.interrupt();
      writer.join();
    }
    double found = searches(instance, http, "hit") - before;
    double asked = searches(instance, http, "") - missedBefore;
    System.out.printf(
        "| %d | %,d | %.3f | %.3f | %d | %.1f | %.1f |%n",
        perSecond,
        outcome.sent(),
        hits.rate(),
        asked == 0 ? 0 : found / asked,
        outcome.failed(),
        outcome.p50(),
        outcome.p95());
  }

  /** Zipf with exponent 1. */
  private static int zipf(Random random, int size) {
    return (int) Math.min(size - 1, Math.pow(size, random.nextDouble()) - 1);
  }

  /** How often the candidates were asked for in process, and found, by the instance's metrics. */
  private static double searches(InstanceProcess instance, HttpClient http, String result)
      throws IOException, InterruptedException {
    String metrics =
        http.send(
                HttpRequest.newBuilder(URI.create(instance.url() + "/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    return metrics
        .lines()
        .filter(
            line -> line.startsWith("cache_requests_total{cache=\"search\",cache_tier=\"local\""))
        .filter(line -> line.contains("result=\"" + result))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static void write(
      InstanceProcess instance, HttpClient http, List<Product> products, int perSecond) {
    Random random = new Random(13);
    try {
      for (int i = 0; perSecond > 0; i++) {
        TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(1) / perSecond);
        Product product = products.get(random.nextInt(products.size()));
        String title =
            (i % TITLES == 0 ? "New " : "") + product.title().replaceAll("[\\\\\"\\p{Cntrl}]", " ");
        String body =
            "{\"title\":\"%s\",\"price\":%d.5,\"currency\":\"USD\"}"
                .formatted(title, random.nextInt(500));
        http.send(
            HttpRequest.newBuilder(
                    URI.create(
                        instance.url()
                            + "/v1/products/"
                            + URLEncoder.encode(product.id(), StandardCharsets.UTF_8)))
                .header("Authorization", "Bearer " + LoadedShop.ADMIN_TOKEN)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.discarding());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the run is over
    } catch (IOException e) {
      System.err.println("a write failed: " + e);
    }
  }
}
