package dev.tideline.fleet.balancer;

import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one connection of a client waits for, and until when. Belongs to one event loop. */
final class ClientConnection {

  /** What it waits for. */
  enum Phase {
    HEADERS,
    BODY,
    /** An instance, which has limits of its own. */
    INSTANCE,
    /** The client, to take its answer. */
    READER,
    /** The client's next request. */
    IDLE,
    /** The client, to end after it was refused. */
    LINGERING
  }

  private final HttpConnection connection;
  private Phase phase = Phase.HEADERS;
  private long since;
  private long until;
  private @Nullable Exchange exchange;
  private boolean refused;
  private @Nullable Runnable late;

  ClientConnection(HttpConnection connection, long now, Duration limit) {
    this.connection = connection;
    enter(Phase.HEADERS, now, limit);
  }

  private void enter(Phase next, long now, @Nullable Duration limit) {
    phase = next;
    since = now;
    until = limit == null ? Long.MAX_VALUE : now + limit.toNanos();
    late = null;
  }

  void requestBegan(Exchange begun, long now) {
    exchange = begun;
    enter(Phase.INSTANCE, now, null);
  }

  /**
   * A body is waited for.
   *
   * @param isLate called if it does not come in time
   */
  void awaitBody(long now, Duration limit, Runnable isLate) {
    enter(Phase.BODY, now, limit);
    late = isLate;
  }

  void bodyCame(long now) {
    enter(Phase.INSTANCE, now, null);
  }

  void awaitReader(long now, Duration limit) {
    enter(Phase.READER, now, limit);
  }

  void requestEnded(long now, Duration idle) {
    if (phase != Phase.LINGERING) {
      enter(Phase.IDLE, now, idle);
    }
  }

  /** The request that is being answered. */
  Exchange exchange() {
    return Objects.requireNonNull(exchange, "no request has come");
  }

  /**
   * Ends it after a refusal.
   *
   * @param isRead whether the client has sent all of its request; else it may go on for a moment,
   *     for a connection that is closed under it is reset, and the answer lost
   */
  void close(boolean isRead) {
    if (isRead) {
      connection.close();
    } else {
      enter(Phase.LINGERING, ClientConnections.now(), ClientConnections.LINGER);
      exchange().request.handler(null).resume();
    }
  }

  boolean isLate(long now) {
    return until != Long.MAX_VALUE && now - until >= 0;
  }

  Phase phase() {
    return phase;
  }

  long since() {
    return since;
  }

  void refuse() {
    refused = true;
  }

  /** Whether it came when there were too many. */
  boolean isRefused() {
    return refused;
  }

  /** Ends it at once, for another's sake. */
  void evict() {
    end();
    connection.close();
  }

  /** Ends the wait: a body that is late is told so, everything else is closed. */
  void end() {
    Runnable tell = late;
    if (tell == null) {
      connection.close();
    } else {
      late = null;
      tell.run();
    }
  }
}
