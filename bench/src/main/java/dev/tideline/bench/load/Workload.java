package dev.tideline.bench.load;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What the shoppers of the sample shop ask: their own queries as often as they asked them, the
 * beginnings of those, and themselves. Not thread-safe.
 */
public final class Workload {

  /** Of a query, so many letters have been typed at least when suggestions are asked for. */
  private static final int TYPED_MIN = 2;

  private static final int ROWS_MAX = 50_000;

  private final String url;
  private final List<String> queries;
  private final List<String> users;
  private final Random random = new Random(42);

  private Workload(String url, List<String> queries, List<String> users) {
    this.url = url;
    this.queries = queries;
    this.users = users;
  }

  public static Workload of(String url, Connection database) throws SQLException {
    return new Workload(
        url,
        column(database, "SELECT query FROM events WHERE query IS NOT NULL LIMIT " + ROWS_MAX),
        column(database, "SELECT user_id FROM events WHERE user_id IS NOT NULL LIMIT " + ROWS_MAX));
  }

  private static List<String> column(Connection database, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  public Supplier<URI> searches() {
    return () -> uri("/v1/search?q=" + encode(one(queries)));
  }

  /** With so many results each. */
  public Supplier<URI> searches(int limit) {
    return () -> uri("/v1/search?limit=" + limit + "&q=" + encode(one(queries)));
  }

  Supplier<URI> suggestions() {
    return () -> {
      String query = one(queries);
      int length = Math.min(query.length(), TYPED_MIN + random.nextInt(query.length()));
      return uri("/v1/suggest?q=" + encode(query.substring(0, length)));
    };
  }

  Supplier<URI> recommendations() {
    return () -> uri("/v1/recommendations/" + encode(one(users)));
  }

  private String one(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  private URI uri(String path) {
    return URI.create(url + path);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
