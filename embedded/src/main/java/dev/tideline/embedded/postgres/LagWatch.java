package dev.tideline.embedded.postgres;

import dev.tideline.embedded.process.BackgroundLoop;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Measures the replication lag of each replica in the background, so that a status request does not
 * wait for a server that hangs.
 */
final class LagWatch implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /**
   * 0 if the replica has replayed what the primary had flushed just before, otherwise the age of
   * its last replayed commit. In seconds.
   */
  private static final String LAG =
      """
      SELECT CASE WHEN pg_last_wal_replay_lsn() >= ?::pg_lsn THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::double precision\
      """;

  private final PostgresServer primary;
  private final List<PostgresServer> replicas;
  private final Map<String, Double> lagSeconds = new ConcurrentHashMap<>();
  private final BackgroundLoop loop;

  LagWatch(PostgresServer primary, List<PostgresServer> replicas) {
    this.primary = primary;
    this.replicas = replicas;
    this.loop = BackgroundLoop.start("replica-lag", this::round);
  }

  Optional<Double> seconds(String replica) {
    return Optional.ofNullable(lagSeconds.get(replica));
  }

  private boolean round() throws InterruptedException {
    look();
    TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
    return true;
  }

  private void look() {
    String goal;
    try (Connection connection = primary.connect("postgres");
        PreparedStatement statement =
            connection.prepareStatement("SELECT pg_current_wal_flush_lsn()");
        ResultSet row = statement.executeQuery()) {
      row.next();
      goal = row.getString(1);
    } catch (SQLException e) {
      lagSeconds.clear(); // the lag is unknown
      return;
    }
    for (PostgresServer replica : replicas) {
      try (Connection connection = replica.connect("postgres");
          PreparedStatement statement = connection.prepareStatement(LAG)) {
        statement.setString(1, goal);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          lagSeconds.put(replica.name(), Math.round(row.getDouble(1) * 1e3) / 1e3);
        }
      } catch (SQLException e) {
        lagSeconds.remove(replica.name());
      }
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
