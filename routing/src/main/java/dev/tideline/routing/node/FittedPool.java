package dev.tideline.routing.node;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of a node: another one for each role, and for each return from the dead, always of a
 * size that the budget allows on its server. Thread-safe.
 */
final class FittedPool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FittedPool.class);

  private final NodeAddress address;
  private final NodeSettings settings;
  private final NodeConnector connector;
  private volatile NodePool pool;
  private volatile int connectionsMax;
  private boolean closed;

  FittedPool(NodeAddress address, NodeConnector connector, NodeRole role, NodeSettings settings) {
    this.address = address;
    this.settings = settings;
    this.connector = connector;
    this.pool = poolFor(role);
  }

  private NodePool poolFor(NodeRole role) {
    return new NodePool(address, connector, role, settings.pools(), size());
  }

  /** What the budget allows on this server; one until the server has said how many it allows. */
  private int size() {
    int wanted = settings.pools().size();
    int most = connectionsMax;
    return settings
        .budget()
        .map(budget -> most == 0 ? 1 : Math.max(1, budget.sizeAtMost(most, wanted)))
        .orElse(wanted);
  }

  NodePool current() {
    return pool;
  }

  /** Takes another role; what was lent in the old one ends in it, and counts until then. */
  synchronized void becomes(NodeRole role) {
    NodePool old = pool;
    if (old.role() != role) {
      NodePool fresh = poolFor(role);
      old.retireFor(fresh);
      replaceBy(fresh);
    }
  }

  /** For a node that is back: connections from before are dead, and it is tried at once. */
  synchronized void renew() {
    NodePool old = pool;
    old.retire();
    replaceBy(poolFor(old.role()));
  }

  private void replaceBy(NodePool fresh) {
    pool = fresh;
    if (closed) {
      fresh.close(); // its monitor was still asking
    } else {
      fresh.open();
    }
  }

  /**
   * The server has said how many connections it allows, to all together: the pool is opened, or
   * made to fit. One that may not shrink is refused when the router is opened; later it shrinks all
   * the same.
   *
   * @throws SQLException if the budget does not allow for one connection
   */
  synchronized void serverAllows(int most) throws SQLException {
    boolean news = connectionsMax != most;
    connectionsMax = most;
    try {
      checkBudget();
    } catch (ConnectionBudget.ExceededException e) {
      if (!settings.budget().map(budget -> budget.fitting(most) > 0).orElse(true)) {
        throw new SQLException(e.getMessage(), e);
      }
      if (news) {
        log.warn("the pool of {} is made smaller: {}", address.name(), e.getMessage());
      }
    }
    pool.resize(size());
    pool.open();
  }

  /**
   * Holds the pool that is wanted against the budget, if the server has answered yet.
   *
   * @throws ConnectionBudget.ExceededException if it does not fit
   */
  void checkBudget() {
    int most = connectionsMax;
    if (most > 0) {
      settings
          .budget()
          .ifPresent(budget -> budget.poolSize(address.name(), most, settings.pools().size()));
    }
  }

  /** Waits for the pool's first connections, for as long as the wait says at most. */
  void fill(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    pool.open();
    while (System.nanoTime() < deadline && !pool.isFilled()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Closes when what was lent is back. */
  synchronized void retire() {
    closed = true;
    pool.retire();
  }

  @Override
  public synchronized void close() {
    closed = true;
    pool.close();
  }
}
