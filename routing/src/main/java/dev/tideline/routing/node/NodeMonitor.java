package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the state and the position of one node at an interval, and checks halfway between two polls
 * that it still answers. It has its own thread and connection, so that a node that hangs does not
 * delay the others. On the primary it also writes the heartbeat and maintains the epoch.
 *
 * <p>A caller that loses a connection of the node has it polled at once. The node is marked down
 * only if a new connection fails too: an error on one connection is not enough.
 */
final class NodeMonitor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeMonitor.class);

  /** Pauses between probes of a node that is down grow from this one to {@link #BACK_OFF_MAX}. */
  private static final Duration BACK_OFF_MIN = Duration.ofMillis(100);

  private static final Duration BACK_OFF_MAX = Duration.ofSeconds(2);

  private final Node node;
  private final Cluster cluster;
  private final Epochs epochs;
  private final NodeSql sql;
  private final Duration interval;
  private final Duration timeout;
  private final CountDownLatch firstLook = new CountDownLatch(1);
  private final BackgroundLoop loop;
  private volatile boolean closed;
  private volatile boolean woken;
  private @Nullable Connection connection;
  private boolean tables;
  private boolean crowded;
  private Duration backOff = BACK_OFF_MIN;

  NodeMonitor(Node node, Cluster cluster, Epochs epochs, NodeSql sql, ProbeSettings settings) {
    this.node = node;
    this.cluster = cluster;
    this.epochs = epochs;
    this.sql = sql;
    this.interval = settings.interval();
    this.timeout = settings.timeout();
    this.loop = BackgroundLoop.start("monitor-" + node.name(), this::round);
  }

  private boolean round() {
    if (closed) {
      disconnect();
      return false;
    }
    woken = false;
    node.pollBegins();
    Duration pause;
    try {
      pause = look();
    } finally {
      node.pollEnds();
      firstLook.countDown();
    }
    Duration half = pause.dividedBy(2);
    if (!isWokenWithin(half) && answers()) {
      isWokenWithin(half);
    }
    return true;
  }

  private boolean isWokenWithin(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    long left = pause.toNanos();
    while (!woken && !closed && left > 0) {
      LockSupport.parkNanos(this, left);
      left = end - System.nanoTime();
    }
    return woken;
  }

  /** A cheap check between two polls, so that a node that hangs is noticed sooner. */
  private boolean answers() {
    Connection open = connection;
    if (open == null) {
      return true; // it is down and is being probed
    }
    node.pollBegins();
    try {
      boolean answered = open.isValid(Math.toIntExact(timeout.toSeconds()));
      if (answered) {
        node.pollEnds();
      }
      return answered;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Polls now instead of after the pause, because a caller has seen a failure. */
  void wake() {
    woken = true;
    loop.wake();
  }

  /** Polls once, or twice if its own connection has failed; returns how long to pause. */
  private Duration look() {
    boolean mayBeTheConnection = connection != null;
    SQLException failure = ask();
    if (failure != null && mayBeTheConnection && !closed) {
      log.debug("{} is polled again on a new connection", node.name(), failure);
      failure = ask();
    }
    if (failure == null || closed) {
      crowded = false;
      backOff = BACK_OFF_MIN;
      return cluster.isLeftOut(node) ? BACK_OFF_MIN : interval;
    }
    return failed(failure);
  }

  private @Nullable SQLException ask() {
    try {
      Connection open = connection();
      poll(open);
      // From now on half the timeout is enough: if it expires, a new connection is tried.
      open.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis() / 2));
      return null;
    } catch (SQLException e) {
      disconnect();
      return e;
    } catch (RuntimeException e) { // a defect must not stop the monitor
      log.error("{} cannot be monitored", node.name(), e);
      disconnect();
      return new SQLException(e);
    }
  }

  private Duration failed(SQLException failure) {
    if (SqlFailure.isOutOfResources(failure)) {
      if (!crowded) {
        log.warn(
            "{} lacks the resources to be polled: {}", node.name(), SqlFailure.message(failure));
      }
      crowded = true;
      cluster.trust(node);
      return interval;
    }
    cluster.lost(node, failure);
    Duration pause = backOff;
    backOff = min(backOff.multipliedBy(2), BACK_OFF_MAX);
    return min(pause, interval);
  }

  private void poll(Connection open) throws SQLException {
    if (tables && cluster.isPrimary(node)) {
      beat(open);
      epochs.consultLedger(cluster.view().epoch());
    }
    Position before = epochs.known();
    long asked = System.nanoTime();
    Sighting seen = sighting(open);
    cluster.recordSighting(node, seen);
    if (tables && cluster.isPrimary(node) && !seen.inRecovery()) {
      keepEpoch(open, asked, seen, before);
    }
  }

  /** Polls without the tables if they cannot be read now, for example because one is locked. */
  private Sighting sighting(Connection open) throws SQLException {
    try {
      return sql.poll(open, tables);
    } catch (SQLException e) {
      if (!tables || SqlFailure.of(e) == SqlFailure.CONNECTION_LOST) {
        throw e;
      }
      log.debug("cannot read the tables of {}", node.name(), e);
      tables = false; // until the next poll looks for them again
      return sql.poll(open, false);
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
      node.pool().serverAllows(sql.connectionsMax(open));
    }
    tables = sql.hasTables(open);
    return open;
  }

  private void beat(Connection primary) throws SQLException {
    try {
      sql.beat(primary, interval.multipliedBy(9).dividedBy(10));
    } catch (SQLException e) {
      if (SqlFailure.of(e) == SqlFailure.CONNECTION_LOST) {
        throw e;
      }
      log.debug("no heartbeat on {}", node.name(), e); // demoted or read-only: the poll shows it
    }
  }

  private void keepEpoch(Connection primary, long asked, Sighting polled, Position known)
      throws SQLException {
    try {
      Sighting seen = polled;
      Position before = known;
      if (!before.epoch().equals(seen.epoch())) { // include what other routers know
        epochs.consultLedger(seen.epoch());
        before = epochs.known();
        seen = sql.poll(primary, true);
      }
      if (epochs.fits(seen, before)) {
        epochs.recordReport(asked, seen.position());
        epochs.tellLedger();
        return;
      }
      epochs.renew(primary, seen);
      cluster.recordSighting(node, sql.poll(primary, true));
    } catch (SQLException e) {
      if (SqlFailure.of(e) == SqlFailure.CONNECTION_LOST) {
        throw e;
      }
      log.warn("cannot maintain the epoch of {}: {}", node.name(), SqlFailure.message(e));
    }
  }

  /** Waits until the node has been polled once. */
  void awaitFirstProbe(Duration wait) throws InterruptedException {
    firstLook.await(wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        log.debug("{} did not close cleanly", node.name(), e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    wake();
  }
}
