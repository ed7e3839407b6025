package example;

import dev.tideline.cache.Invalidation;
import dev.tideline.cache.InvalidationLog;
import dev.tideline.cache.Stamp;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;

/** Mugs, and the record of what their changes invalidate, in one PostgreSQL without replicas. */
final class MugStore implements InvalidationLog {

  private static final String EPOCH = "shop-1"; // another name after a restore from a backup
  private static final String NOW = "SELECT pg_current_wal_insert_lsn() - '0/0'";

  private final DataSource database;

  MugStore(DataSource database) {
    this.database = database;
  }

  void createTables() throws SQLException {
    try (Connection connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS mugs (id text PRIMARY KEY, colour text)");
      statement.execute(
          """
          CREATE TABLE IF NOT EXISTS invalidations (
            id bigint GENERATED ALWAYS AS IDENTITY, tags text[], position numeric, at timestamptz DEFAULT now())
          """);
    }
  }

  /** Writes, and answers from where on reads show it. */
  Stamp paint(String id, String colour) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false); // the change and what it invalidates: both or neither
      run(
          connection,
          "INSERT INTO mugs VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET colour = excluded.colour",
          id,
          colour);
      run(connection, "INSERT INTO invalidations (tags) VALUES (ARRAY[?])", "mug:" + id);
      connection.commit();
      connection.setAutoCommit(true);
      place(connection, Duration.ZERO); // only now: a place from before would lie
      return now(connection);
    }
  }

  /** Gives a place to rows of that age: one's own, and those of writers who died before it. */
  private static void place(Connection connection, Duration age) throws SQLException {
    run(
        connection,
        "UPDATE invalidations SET position = pg_current_wal_insert_lsn() - '0/0' WHERE position IS NULL AND at <= now() - ?::interval",
        age.toString());
  }

  private static void run(Connection connection, String sql, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }

  String colour(String id) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement read =
            connection.prepareStatement("SELECT colour FROM mugs WHERE id = ?")) {
      read.setString(1, id);
      try (ResultSet row = read.executeQuery()) {
        return row.next() ? row.getString(1) : null; // what there is not is remembered too
      }
    }
  }

  /** Where the database stands. */
  Stamp now() throws SQLException {
    try (Connection connection = database.getConnection()) {
      return now(connection);
    }
  }

  private static Stamp now(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(NOW)) {
      row.next();
      return new Stamp(EPOCH, row.getLong(1));
    }
  }

  @Override
  public Page start() {
    return read(-1, List.of());
  }

  @Override
  public Page read(long after, Collection<Long> pending) {
    try (Connection connection = database.getConnection()) {
      place(connection, Duration.ofSeconds(1));
      Stamp horizon = now(connection); // before the rows are read
      return new Page(horizon, rows(connection, after, pending), 0);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Invalidation> rows(
      Connection connection, long after, Collection<Long> pending) throws SQLException {
    String sql =
        "SELECT id, tags, coalesce(position, 0) FROM invalidations WHERE position IS NULL OR position > ? OR id = ANY(?)";
    try (PreparedStatement read = connection.prepareStatement(sql)) {
      Array ids = connection.createArrayOf("bigint", pending.toArray());
      read.setLong(1, after);
      read.setArray(2, ids);
      List<Invalidation> found = new ArrayList<>();
      try (ResultSet row = read.executeQuery()) {
        while (row.next()) {
          List<String> tags = List.of((String[]) row.getArray(2).getArray());
          found.add(
              new Invalidation(row.getLong(1), tags, row.getLong(3), "product", Duration.ZERO));
        }
      }
      return found;
    }
  }
}
