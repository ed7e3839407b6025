package dev.tideline.fleet.balancer;

import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a client connection: what it waits for and its deadline. Used by one event loop
 * only.
 */
final class ClientConnection {

  /** What the connection waits for. */
  enum Phase {
    HEADERS,
    BODY,
    /** An instance's response, which has its own time limits. */
    INSTANCE,
    /** The client, to read the response. */
    READER,
    /** The client's next request. */
    IDLE,
    /** The client, to finish sending after its request was refused. */
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
   * Starts waiting for a body.
   *
   * @param isLate called if the body does not arrive in time
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

  /** The current request. */
  Exchange exchange() {
    return Objects.requireNonNull(exchange, "no request on this connection");
  }

  /**
   * Closes the connection after a refusal.
   *
   * @param isRead whether the whole request has been read. If not, the connection stays open for a
   *     moment: closing it while the client sends would reset it, and the client would lose the
   *     response
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

  /** Whether the connection was opened when there were too many. */
  boolean isRefused() {
    return refused;
  }

  /** Closes the connection to make room for another. */
  void evict() {
    end();
    connection.close();
  }

  /** Ends the wait after a timeout: calls the handler of a late body, or closes the connection. */
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
