package dev.tideline.routing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one node at a pause how it is and where it stands, and halfway to the next time whether it
 * answers at all, on a thread and a connection of its own, so that a node that hangs delays no
 * other. On the primary it also beats the heart and keeps the name of the history.
 */
final class NodeMonitor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeMonitor.class);

  /** Pauses between probes of a node that is down grow from the first to the second. */
  private static final Duration BACK_OFF_MIN = Duration.ofMillis(100);

  private static final Duration BACK_OFF_MAX = Duration.ofSeconds(2);

  /** Polls after which tables that were missing are looked for again. */
  private static final int TABLES_AGAIN = 10;

  /** What must not wait: a beat for a lock, or for a synchronous standby. */
  private static final String SESSION =
      """
      SELECT current_setting('max_connections')::int,
             set_config('synchronous_commit', 'local', false), set_config('lock_timeout', '500ms', false)\
      """;

  private final Node node;
  private final Cluster cluster;
  private final Epochs epochs;
  private final NodeSql sql;
  private final Duration interval;
  private final int timeoutSeconds;
  private final CountDownLatch firstLook = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean closed;
  private @Nullable Connection connection;
  private boolean tables;
  private int polls;
  private Duration backOff = BACK_OFF_MIN;

  NodeMonitor(Node node, Cluster cluster, Epochs epochs, NodeSql sql, ProbeSettings settings) {
    this.node = node;
    this.cluster = cluster;
    this.epochs = epochs;
    this.sql = sql;
    this.interval = settings.interval();
    this.timeoutSeconds = Math.toIntExact(settings.timeout().toSeconds());
    this.thread = Thread.ofVirtual().name("monitor-" + node.name()).start(this::run);
  }

  private void run() {
    while (!closed) {
      node.pollBegins();
      Duration pause = look();
      node.pollEnds();
      firstLook.countDown();
      Duration half = pause.dividedBy(2);
      if (!isWokenWithin(half) && answers()) {
        isWokenWithin(half);
      }
    }
    disconnect();
  }

  private boolean isWokenWithin(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    LockSupport.parkNanos(this, pause.toNanos());
    return System.nanoTime() - end < 0;
  }

  /** Between two polls, and at little cost: so that a node that hangs is noticed sooner. */
  private boolean answers() {
    Connection open = connection;
    if (open == null) {
      return true; // it is down, and probed
    }
    node.pollBegins();
    try {
      return open.isValid(timeoutSeconds);
    } catch (SQLException e) {
      return false;
    } finally {
      node.pollEnds();
    }
  }

  /** Asks now rather than after the pause: someone has met trouble. */
  void wake() {
    LockSupport.unpark(thread);
  }

  /** Asks once; answers how long to pause. */
  private Duration look() {
    try {
      Connection open = connection();
      if (tables && cluster.isPrimary(node)) {
        beat(open);
        epochs.consultLedger(cluster.view().epoch());
      }
      Position before = epochs.known();
      Sighting seen = sql.poll(open, tables);
      cluster.saw(node, seen);
      if (tables && cluster.isPrimary(node) && !seen.inRecovery()) {
        keepEpoch(open, seen, before);
      }
      backOff = BACK_OFF_MIN;
      return cluster.isLeftOut(node) ? BACK_OFF_MIN : interval;
    } catch (SQLException e) {
      disconnect();
      if (closed) {
        return interval;
      }
      cluster.lost(node, e);
      Duration pause = backOff;
      backOff = min(backOff.multipliedBy(2), BACK_OFF_MAX);
      return min(pause, interval);
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = node.connectForPolls();
      connection = open;
      try (Statement statement = open.createStatement();
          ResultSet row = statement.executeQuery(SESSION)) {
        row.next();
        node.takesConnections(row.getInt(1));
      }
      polls = 0;
    }
    if (polls++ % TABLES_AGAIN == 0 || tables) {
      tables = sql.hasTables(open);
    }
    return open;
  }

  private void beat(Connection primary) throws SQLException {
    try {
      sql.beat(primary, interval.multipliedBy(9).dividedBy(10));
    } catch (SQLException e) {
      if (SqlFailure.of(e) == SqlFailure.NODE_LOST) {
        throw e;
      }
      log.debug("no heartbeat on {}", node.name(), e); // demoted, or may not write: the poll tells
    }
  }

  private void keepEpoch(Connection primary, Sighting polled, Position known) throws SQLException {
    Sighting seen = polled;
    Position before = known;
    if (!before.epoch().equals(seen.epoch())) { // what others know of it counts from the start
      epochs.consultLedger(seen.epoch());
      before = epochs.known();
      seen = sql.poll(primary, true);
    }
    if (epochs.fits(seen, before)) {
      epochs.passed(seen.position());
      epochs.tellLedger();
      return;
    }
    try {
      epochs.renew(primary, seen);
      cluster.saw(node, sql.poll(primary, true));
    } catch (SQLException e) {
      if (SqlFailure.of(e) == SqlFailure.NODE_LOST) {
        throw e;
      }
      log.warn("the history of {} has no name: {}", node.name(), SqlFailure.message(e));
    }
  }

  /** Waits until the node has been asked once. */
  void awaitFirstLook(Duration wait) throws InterruptedException {
    firstLook.await(wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        log.debug("{} did not close in order", node.name(), e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    wake();
  }
}
