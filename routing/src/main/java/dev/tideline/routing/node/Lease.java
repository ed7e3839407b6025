package dev.tideline.routing.node;

import dev.tideline.routing.sql.SessionEffect;
import dev.tideline.routing.sql.SessionEffects;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A caller's hold on a node: first waiting for one of its connections, then having it. When the
 * node is found dead, who waits is woken and who reads is cut off, so that both can go elsewhere at
 * once. It knows what its callers leave in the session, and gives it back without that.
 */
public final class Lease implements AutoCloseable {

  /** Something to give back besides the connection. */
  @FunctionalInterface
  public interface Release {
    void run();
  }

  private final Node node;
  private final NodePool pool;
  private final Thread thread = Thread.currentThread();
  private final long startNanos = System.nanoTime();
  private volatile boolean repeatable;
  private @Nullable SessionEffects effects;
  private SessionEffect left = SessionEffect.NONE;
  private @Nullable Release release;
  private @Nullable Connection connection;
  private boolean waiting = true;
  private boolean interrupted;

  Lease(Node node, NodePool pool, boolean repeatable) {
    this.node = node;
    this.pool = pool;
    this.repeatable = repeatable;
  }

  public Node node() {
    return node;
  }

  /** For the router's own statements, which leave nothing. */
  public Connection connection() {
    if (connection == null) {
      throw new IllegalStateException("the lease holds no connection");
    }
    return connection;
  }

  /** For callers. */
  public Connection watched() {
    return watched(connection());
  }

  /** For callers, by way of another connection that leads to this lease's. */
  public Connection watched(Connection over) {
    return new WatchedConnection(over, this);
  }

  void judgeBy(SessionEffects judge) {
    effects = judge;
  }

  /** A caller runs a text on the connection. */
  void runs(String sql) {
    if (left != SessionEffect.UNKNOWN) {
      leaves(effects == null ? SessionEffect.UNKNOWN : effects.apply(sql));
    }
  }

  void leaves(SessionEffect effect) {
    if (effect.isMoreThan(left)) {
      left = effect;
    }
  }

  /** The most that was left in the session so far. */
  public SessionEffect left() {
    return left;
  }

  public void onClose(Release action) {
    release = action;
  }

  /** What was lent for reading is used to write: no more is it cut off, or one of the reads. */
  public void writes() {
    repeatable = false;
    runRelease();
  }

  private void runRelease() {
    Release action = release;
    release = null;
    if (action != null) {
      action.run();
    }
  }

  /** Waits for a connection; see {@link #nodeLost}. */
  void acquire() throws SQLException {
    Connection acquired;
    try {
      acquired = pool.acquire();
    } finally {
      stopWaiting();
    }
    synchronized (this) {
      connection = acquired;
    }
  }

  private synchronized void stopWaiting() {
    waiting = false;
    if (interrupted) {
      Thread.interrupted(); // it was for the wait alone
    }
  }

  /** Called on another thread when the node was found dead. */
  void nodeLost() {
    Connection held;
    synchronized (this) {
      if (waiting) {
        interrupted = true;
        thread.interrupt();
        return;
      }
      held = repeatable ? connection : null;
    }
    if (held != null) {
      try {
        held.abort(Runnable::run);
      } catch (SQLException e) {
        // it is gone already
      }
    }
  }

  /** Whether its connection may write: a replica's stay read-only when the node is promoted. */
  public boolean mayWrite() {
    return pool.role() == NodeRole.PRIMARY;
  }

  long nanosSoFar() {
    return System.nanoTime() - startNanos;
  }

  @Override
  public void close() {
    Connection held;
    synchronized (this) {
      held = connection;
      connection = null;
    }
    try {
      if (held != null && isClean(held)) {
        held.close();
      } else if (held != null) {
        pool.discard(held);
      }
    } catch (SQLException e) {
      // it broke; the pool has taken it out
    } finally {
      node.ended(this);
      runRelease();
    }
  }

  /** Whether the next caller may have the connection. */
  private boolean isClean(Connection held) {
    return switch (left) {
      case NONE, TRANSACTION -> true;
      case POSSIBLY, SESSION -> pool.reset(held);
      case UNKNOWN -> false;
    };
  }
}
