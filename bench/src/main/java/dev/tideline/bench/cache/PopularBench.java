package dev.tideline.bench.cache;

import dev.tideline.bench.load.InstanceProcess;
import dev.tideline.bench.load.LoadedShop;
import dev.tideline.bench.load.OpenLoop;
import dev.tideline.bench.load.OpenLoop.Outcome;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Hit rates of what shoppers ask, from a cold start, with and without warming. */
@Command(
    name = "popular",
    mixinStandardHelpOptions = true,
    description = {
      "Replay the sample shop's own searches on two instances that have just been started, on an empty Redis,",
      "by turns without and with reading beforehand what was asked for in the hour before."
    },
    footer = {"", "Examples:", "  ./tideline bench cache popular --requests 60000 --rate 500"})
final class PopularBench implements Callable<Integer> {

  private static final int INSTANCES = 2;
  private static final int FREQUENT = 100;
  private static final Duration BEGINNING = Duration.ofSeconds(10);

  @Option(
      names = "--products",
      defaultValue = "20000",
      description = "Size of the shop (default ${DEFAULT-VALUE}).")
  int products;

  @Option(
      names = "--requests",
      defaultValue = "60000",
      description = "Searches of a run (default ${DEFAULT-VALUE}).")
  int requests;

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "Searches a second (default ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--rounds",
      defaultValue = "2",
      description = "Runs of each kind (default ${DEFAULT-VALUE}).")
  int rounds;

  @Override
  public Integer call() throws Exception {
    try (LoadedShop shop = LoadedShop.sample(products, false);
        Connection admin = shop.connect();
        HttpClient http = HttpClient.newHttpClient()) {
      List<String> log = log(admin);
      Set<String> frequent = rememberLastHour(admin, log);
      System.out.println(
          "| warmed | hit rate | in process | the 100 most frequent | failed | p50, ms | p95, ms | p95 of the first 10 s, ms |");
      System.out.println("|---|---|---|---|---|---|---|---|");
      for (int round = 0; round < rounds; round++) {
        run(shop, http, log, frequent, false);
        run(shop, http, log, frequent, true);
      }
    }
    return 0;
  }

  /** What was searched for, in that order, as often as it was. */
  private static List<String> log(Connection admin) throws SQLException {
    List<String> log = new ArrayList<>();
    try (Statement statement = admin.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT query FROM events WHERE query IS NOT NULL ORDER BY occurred_at, event_id")) {
      while (rows.next()) {
        log.add(rows.getString(1));
      }
    }
    return log;
  }

  /** Makes the first half of the log what was asked for in the last hour. */
  private static Set<String> rememberLastHour(Connection admin, List<String> log)
      throws SQLException {
    Map<String, Integer> counts = new HashMap<>();
    log.subList(0, log.size() / 2).forEach(query -> counts.merge(query, 1, Integer::sum));
    try (PreparedStatement insert =
        admin.prepareStatement(
            "INSERT INTO query_stats VALUES (lower(?), date_trunc('hour', now()), ?) ON CONFLICT DO NOTHING")) {
      for (Map.Entry<String, Integer> one : counts.entrySet()) {
        insert.setString(1, one.getKey());
        insert.setInt(2, one.getValue());
        insert.addBatch();
      }
      insert.executeBatch();
    }
    return new HashSet<>(
        counts.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(FREQUENT)
            .map(Map.Entry::getKey)
            .toList());
  }

  private void run(
      LoadedShop shop, HttpClient http, List<String> log, Set<String> frequent, boolean warmed)
      throws Exception {
    shop.flushRedis();
    Map<String, String> settings =
        warmed
            ? Map.of()
            : Map.of("TIDELINE_CACHE_WARM_AT_START", "0s", "TIDELINE_CACHE_WARM_EVERY", "0s");
    List<InstanceProcess> instances = new ArrayList<>();
    try {
      for (int i = 0; i < INSTANCES; i++) {
        instances.add(shop.start("instance-" + i, settings));
      }
      List<String> second = log.subList(log.size() / 2, log.size());
      Random random = new Random(7);
      AtomicInteger next = new AtomicInteger();
      Map<URI, String> asked = new ConcurrentHashMap<>();
      Supplier<URI> searches =
          () -> {
            int number = next.getAndIncrement();
            // longer than the log: what follows is drawn from it
            String query =
                number < second.size()
                    ? second.get(number)
                    : second.get(random.nextInt(second.size()));
            URI uri =
                URI.create(
                    instances.get(number % INSTANCES).url()
                        + "/v1/search?q="
                        + URLEncoder.encode(query, StandardCharsets.UTF_8));
            asked.put(uri, query);
            return uri;
          };
      Hits all = new Hits();
      Hits often = new Hits();
      ConcurrentLinkedQueue<Long> beginning = new ConcurrentLinkedQueue<>();
      long start = System.nanoTime();
      Outcome outcome =
          OpenLoop.run(
              http,
              searches,
              rate,
              Duration.ofSeconds(requests / rate),
              (uri, answer, nanos) -> {
                all.count(answer);
                if (frequent.contains(asked.getOrDefault(uri, ""))) {
                  often.count(answer);
                }
                if (System.nanoTime() - start < BEGINNING.toNanos()) {
                  beginning.add(nanos);
                }
              });
      List<Long> first = beginning.stream().sorted().toList();
      System.out.printf(
          "| %s | %.3f | %.3f | %.3f | %d | %.1f | %.1f | %.1f |%n",
          warmed ? "yes" : "no",
          all.rate(),
          all.localRate(),
          often.rate(),
          outcome.failed(),
          outcome.p50(),
          outcome.p95(),
          first.isEmpty() ? 0 : first.get((int) (first.size() * 0.95)) / 1e6);
    } finally {
      instances.forEach(InstanceProcess::close);
    }
  }
}
