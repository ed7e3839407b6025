package dev.tideline.routing;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A caller's hold on a node: first waiting for one of its connections, then having it. When the
 * node is found dead, who waits is woken and who reads is cut off, so that both can go elsewhere at
 * once.
 */
final class Lease implements AutoCloseable {

  /** Something to give back besides the connection. */
  @FunctionalInterface
  interface Release {
    void run();
  }

  private final Node node;
  private final NodePool pool;
  private final Thread thread = Thread.currentThread();
  private final long startNanos = System.nanoTime();
  private final boolean repeatable;
  private @Nullable Release release;
  private @Nullable Connection connection;
  private boolean waiting = true;
  private boolean interrupted;
  private boolean discard;

  Lease(Node node, NodePool pool, boolean repeatable) {
    this.node = node;
    this.pool = pool;
    this.repeatable = repeatable;
  }

  Node node() {
    return node;
  }

  Connection connection() {
    if (connection == null) {
      throw new IllegalStateException("the lease holds no connection");
    }
    return connection;
  }

  void onClose(Release action) {
    release = action;
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

  /** The connection has state that the next caller must not find. */
  void discardConnection() {
    discard = true;
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
      if (held != null && discard) {
        pool.discard(held); // which gives it back too
      } else if (held != null) {
        held.close();
      }
    } catch (SQLException e) {
      // it broke; the pool has taken it out
    } finally {
      node.ended(this);
      if (release != null) {
        release.run();
      }
    }
  }
}
