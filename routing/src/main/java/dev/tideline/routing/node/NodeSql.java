package dev.tideline.routing.node;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The statements that query the state and the position of a node. Two small tables carry the data
 * for them from the primary to its replicas: {@code epoch}, the name of the history, and {@code
 * heartbeat}.
 *
 * <p>The position is queried in the statement before a read, on the same connection: PostgreSQL
 * makes a commit visible on a standby before it counts its record as replayed, and gives each
 * statement its own snapshot. On a primary it is the flush position, never the insert position.
 */
public final class NodeSql {

  private static final String LSN =
      """
      (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END
        - '0/0'::pg_lsn)::bigint\
      """;

  /** The timeline from the name of the current WAL file; the control file is updated later. */
  private static final String TIMELINE =
      """
      CASE WHEN NOT pg_is_in_recovery()
        THEN ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::bigint END\
      """;

  private static final String SYSTEM = "(SELECT system_identifier FROM pg_control_system())";

  private static final String FLUSH =
      """
      SELECT set_config('synchronous_commit', 'local', true), pg_logical_emit_message(true, 'tideline', '')\
      """;

  private final String schema;
  private final String position;
  private final String plainPoll;
  private final String poll;

  NodeSql(String metadataSchema) {
    this.schema = '"' + metadataSchema.replace("\"", "\"\"") + '"';
    this.position = positionWith("");
    this.poll =
        positionWith(
            ", %s, (SELECT (extract(epoch FROM beat_at) * 1000000)::bigint FROM %s.heartbeat)"
                .formatted(SYSTEM, schema));
    this.plainPoll =
        "SELECT pg_is_in_recovery(), NULL, %s, %s, false, %s, NULL"
            .formatted(LSN, TIMELINE, SYSTEM);
  }

  /**
   * The LSN comes before the timeline, so that the epoch does not match after a promotion between
   * them.
   */
  private String positionWith(String column) {
    return """
    SELECT pg_is_in_recovery(), epoch.epoch, %s, %s, coalesce(
      epoch.timeline = %s AND system_identifier = %s AND database = current_database(), false)%s
    FROM (SELECT) AS always LEFT JOIN %s.epoch ON true\
    """
        .formatted(LSN, TIMELINE, TIMELINE, SYSTEM, column, schema);
  }

  /** How many connections a server allows in total. */
  int connectionsMax(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT current_setting('max_connections')::int");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Whether a database has the tables. */
  boolean hasTables(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT to_regclass(?) IS NOT NULL AND to_regclass(?) IS NOT NULL")) {
      statement.setString(1, schema + ".epoch");
      statement.setString(2, schema + ".heartbeat");
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** Creates the tables if they do not exist; requires the privilege to create a schema. */
  public void createTables(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql :
          new String[] {
            "CREATE SCHEMA IF NOT EXISTS " + schema,
            """
            CREATE TABLE IF NOT EXISTS %s.epoch (
              only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
              epoch             text NOT NULL,
              system_identifier numeric NOT NULL,
              timeline          bigint NOT NULL,
              database          text NOT NULL)\
            """
                .formatted(schema),
            """
            CREATE TABLE IF NOT EXISTS %s.heartbeat (
              only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
              beat_at  timestamptz NOT NULL)\
            """
                .formatted(schema)
          }) {
        statement.execute(sql);
      }
    }
  }

  /** The statement that is sent before a read; {@link #sighting} reads its row. */
  public String position() {
    return position;
  }

  public Sighting position(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(position);
        ResultSet row = statement.executeQuery()) {
      return sighting(row);
    }
  }

  /**
   * Flushes everything committed so far to the primary's disk, including asynchronous commits. The
   * record of this commit comes after theirs, and it waits for the disk regardless of the session's
   * settings.
   */
  void flush(Connection primary) throws SQLException {
    if (!primary.getAutoCommit()) {
      primary.rollback();
      primary.setAutoCommit(true);
    }
    try (Statement statement = primary.createStatement()) {
      statement.execute(FLUSH);
    }
  }

  /** Reads the result of {@link #position()}. */
  static Sighting sighting(ResultSet row) throws SQLException {
    if (!row.next()) {
      throw new SQLException("a node did not report its position");
    }
    return sighting(row, "", 0);
  }

  private static Sighting sighting(ResultSet row, String system, long beat) throws SQLException {
    return new Sighting(
        row.getBoolean(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getBoolean(5),
        system,
        beat);
  }

  /**
   * Queries the position with the heartbeat; without the tables, only what is known without them.
   */
  Sighting poll(Connection connection, boolean tables) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(tables ? poll : plainPoll);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return sighting(row, row.getString(6), row.getLong(7));
    }
  }

  /**
   * Gives the primary's history a new epoch, unless another router has done so in the meantime.
   *
   * @param unfit the epoch that did not match, null if there was none
   */
  void renewEpoch(Connection primary, @Nullable String unfit, Supplier<String> names)
      throws SQLException {
    String sql =
        """
        INSERT INTO %s.epoch AS held (epoch, system_identifier, timeline, database)
        VALUES (?, %s, %s, current_database())
        ON CONFLICT (only_row) DO UPDATE SET epoch = excluded.epoch,
          system_identifier = excluded.system_identifier, timeline = excluded.timeline,
          database = excluded.database
        WHERE held.epoch = ?\
        """
            .formatted(schema, SYSTEM, TIMELINE);
    try (PreparedStatement statement = primary.prepareStatement(sql)) {
      statement.setString(1, names.get());
      statement.setString(2, unfit);
      statement.executeUpdate();
    }
  }

  /** Writes a heartbeat, unless another router did so within the pause. */
  void beat(Connection primary, Duration pause) throws SQLException {
    String sql =
        """
        INSERT INTO %s.heartbeat AS last (beat_at) VALUES (clock_timestamp())
        ON CONFLICT (only_row) DO UPDATE SET beat_at = excluded.beat_at
        WHERE last.beat_at NOT BETWEEN excluded.beat_at - ? * interval '1 ms' AND excluded.beat_at\
        """
            .formatted(schema);
    try (PreparedStatement statement = primary.prepareStatement(sql)) {
      statement.setLong(1, pause.toMillis());
      statement.executeUpdate();
    }
  }
}
