package dev.tideline.routing.node;

import dev.tideline.routing.sql.SessionEffect;
import dev.tideline.routing.sql.SessionEffects;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A caller's lease of a node: it first waits for one of the node's connections, then holds it. When
 * the node is marked down, waiting callers are woken and reads are aborted, so that both can go to
 * another node at once. The lease tracks what its callers leave in the session; before others can
 * use the connection, it resets the session or discards the connection.
 */
public final class Lease implements AutoCloseable {

  /** Something to release besides the connection. */
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
  private SessionEffect sessionEffect = SessionEffect.NONE;
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

  /** The connection for the router's own statements, which leave nothing in the session. */
  public Connection connection() {
    if (connection == null) {
      throw new IllegalStateException("the lease holds no connection");
    }
    return connection;
  }

  /** The connection for callers, whose statements are tracked. */
  public Connection watched() {
    return watched(connection());
  }

  /** The connection for callers, through another connection that wraps this lease's. */
  public Connection watched(Connection over) {
    return new WatchedConnection(over, this);
  }

  void trackWith(SessionEffects judge) {
    effects = judge;
  }

  /** Called when a caller runs a text on the connection. */
  void recordStatement(String sql) {
    if (sessionEffect != SessionEffect.UNKNOWN) {
      recordEffect(effects == null ? SessionEffect.UNKNOWN : effects.apply(sql));
    }
  }

  void recordEffect(SessionEffect effect) {
    if (effect.isMoreThan(sessionEffect)) {
      sessionEffect = effect;
    }
  }

  /** The largest effect sessionEffect in the session so far. */
  public SessionEffect sessionEffect() {
    return sessionEffect;
  }

  public void onClose(Release action) {
    release = action;
  }

  /**
   * Uses for writing what was leased for reading: it is no longer aborted when the node is marked
   * down, and no longer counts as a read.
   */
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
      Thread.interrupted(); // the interrupt was only for the wait
    }
  }

  /** Called on another thread when the node is marked down. */
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

  /**
   * Whether its connection may write. A replica's connections stay read-only when it is promoted.
   */
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
      // the connection broke; the pool has removed it
    } finally {
      node.ended(this);
      runRelease();
    }
  }

  /** Whether the next caller may use the connection. */
  private boolean isClean(Connection held) {
    return switch (sessionEffect) {
      case NONE, TRANSACTION -> true;
      case POSSIBLY, SESSION -> pool.reset(held);
      case UNKNOWN -> false;
    };
  }
}
