package dev.tideline.routing.node;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of a node. It is replaced when the node changes its role or is up again, and its size is
 * always within the budget of the server. Thread-safe.
 */
final class BudgetedPool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BudgetedPool.class);

  private final NodeAddress address;
  private final NodeSettings settings;
  private final NodeConnector connector;
  private volatile NodePool pool;
  private volatile int connectionsMax;
  private boolean closed;

  BudgetedPool(NodeAddress address, NodeConnector connector, NodeRole role, NodeSettings settings) {
    this.address = address;
    this.settings = settings;
    this.connector = connector;
    this.pool = poolFor(role);
  }

  private NodePool poolFor(NodeRole role) {
    return new NodePool(address, connector, role, settings.pools(), size());
  }

  /** The size that the budget allows on this server; 1 until the server has reported its limit. */
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

  /**
   * Changes the role. Connections leased in the old role keep it, and count towards the size, until
   * they are returned.
   */
  synchronized void becomes(NodeRole role) {
    NodePool old = pool;
    if (old.role() != role) {
      NodePool fresh = poolFor(role);
      old.retireFor(fresh);
      replaceBy(fresh);
    }
  }

  /**
   * Called when a node is up again: its old connections are dead, and new ones are opened at once.
   */
  synchronized void renew() {
    NodePool old = pool;
    old.retire();
    replaceBy(poolFor(old.role()));
  }

  private void replaceBy(NodePool fresh) {
    pool = fresh;
    if (closed) {
      fresh.close(); // its monitor was still polling
    } else {
      fresh.open();
    }
  }

  /**
   * Called when the server has reported how many connections it allows in total: opens the pool, or
   * resizes it to the budget. A pool that may not shrink is refused while the router is being
   * opened; later it shrinks anyway.
   *
   * @throws SQLException if the budget does not allow even one connection
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
        log.warn("the pool of {} is reduced: {}", address.name(), e.getMessage());
      }
    }
    pool.resize(size());
    pool.open();
  }

  /**
   * Checks the requested pool size against the budget, if the server has already answered.
   *
   * @throws ConnectionBudget.ExceededException if it exceeds the budget
   */
  void checkBudget() {
    int most = connectionsMax;
    if (most > 0) {
      settings
          .budget()
          .ifPresent(budget -> budget.poolSize(address.name(), most, settings.pools().size()));
    }
  }

  /** Waits for the pool's first connections, at most for the given time. */
  void fill(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    pool.open();
    while (System.nanoTime() < deadline && !pool.isFilled()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Closes once all leased connections are returned. */
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
