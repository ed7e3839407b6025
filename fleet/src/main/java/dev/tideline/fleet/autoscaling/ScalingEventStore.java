package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.policy.Decision;
import dev.tideline.scaling.policy.Decision.Action;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code scaling_events} and the leader lock, an advisory lock that belongs to one
 * connection. The lock is released when the connection ends, also when the autoscaler crashes.
 * Thread-safe.
 */
public final class ScalingEventStore implements ScalingHistory, AutoCloseable {

  /** The key of the advisory lock; it differs from those of jobs. */
  private static final long LOCK = 0x7469_6465_7363_616cL;

  private static final int LOGIN_SECONDS = 5;
  private static final int SOCKET_SECONDS = 10;

  private static final String INSERT =
      """
      INSERT INTO scaling_events (occurred_at, action, from_instances, to_instances, reasons, failure)
      VALUES (?, ?, ?, ?, ?, ?)
      """;

  private static final String LATEST =
      """
      SELECT occurred_at, action, from_instances, to_instances, reasons, failure
      FROM scaling_events ORDER BY occurred_at DESC, id DESC LIMIT ?
      """;

  private final String url;
  private final Properties login = new Properties();
  private @Nullable Connection connection;

  public ScalingEventStore(String url, String user, String password) {
    this.url = url;
    login.setProperty("user", user);
    login.setProperty("password", password);
    login.setProperty("ApplicationName", "tideline-autoscaler");
    login.setProperty("loginTimeout", Integer.toString(LOGIN_SECONDS));
    login.setProperty("socketTimeout", Integer.toString(SOCKET_SECONDS));
  }

  @FunctionalInterface
  private interface Work<T> {
    T run(Connection open) throws SQLException;
  }

  /**
   * Runs work on the single connection, and opens it if needed. On an error the connection is
   * closed, which releases the lock.
   */
  private synchronized <T> T with(Work<T> work) {
    try {
      Connection open = connection;
      if (open == null) {
        open = DriverManager.getConnection(url, login);
        connection = open;
        endWhatNobodyWaitsFor(open);
      }
      return work.run(open);
    } catch (SQLException e) {
      close();
      throw new IllegalStateException("scaling history: " + e.getMessage(), e);
    }
  }

  /**
   * Sets a statement timeout. It is set by a statement, because a connection pooler may reject
   * startup parameters.
   */
  private static void endWhatNobodyWaitsFor(Connection open) throws SQLException {
    try (Statement statement = open.createStatement()) {
      statement.execute("SET statement_timeout = '" + (SOCKET_SECONDS - 1) + "s'");
    }
  }

  @Override
  public boolean leads() {
    return with(open -> {
      try (PreparedStatement held =
              open.prepareStatement(
                  """
                  SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
                    AND (classid::bigint << 32 | objid::bigint) = ? AND granted)
                  """);
          PreparedStatement lock = open.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
        return isTrue(held) || isTrue(lock);
      }
    });
  }

  private static boolean isTrue(PreparedStatement statement) throws SQLException {
    statement.setLong(1, LOCK);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  @Override
  public void record(Event event) {
    Decision decision = event.decision();
    with(open -> {
      try (PreparedStatement insert = open.prepareStatement(INSERT)) {
        Array reasons = open.createArrayOf("text", decision.reasons().toArray());
        insert.setObject(1, OffsetDateTime.ofInstant(decision.at(), ZoneOffset.UTC));
        insert.setString(2, decision.action().label());
        insert.setInt(3, decision.from());
        insert.setInt(4, decision.to());
        insert.setArray(5, reasons);
        insert.setString(6, event.failure());
        return insert.executeUpdate();
      }
    });
  }

  @Override
  public List<Event> latest(int count) {
    return with(open -> {
      try (PreparedStatement select = open.prepareStatement(LATEST)) {
        select.setInt(1, count);
        List<Event> events = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            events.add(event(row));
          }
        }
        return events;
      }
    });
  }

  private static Event event(ResultSet row) throws SQLException {
    Action action = Action.HOLD;
    for (Action one : Action.values()) {
      action = one.label().equals(row.getString("action")) ? one : action;
    }
    return new Event(
        new Decision(
            row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
            action,
            row.getInt("from_instances"),
            row.getInt("to_instances"),
            List.of((String[]) row.getArray("reasons").getArray())),
        row.getString("failure"));
  }

  /** Releases the lock and closes the connection. */
  @Override
  public synchronized void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try (open;
          Statement unlock = open.createStatement()) {
        unlock.execute("SELECT pg_advisory_unlock_all()");
      } catch (SQLException e) {
        // the lock is released when the connection closes
      }
    }
  }
}
