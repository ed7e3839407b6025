package dev.tideline.fleet.balancer;

import dev.tideline.fleet.balancer.ClientConnection.Phase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The client connections of one event loop, with time limits for whole requests; the limits of
 * Vert.x restart with each byte. If there are too many connections, the one that has waited longest
 * is closed, so that slow clients do not lock out others.
 */
final class ClientConnections {

  /** How long a connection may be idle; the same as NGINX's default. */
  static final Duration IDLE = Duration.ofSeconds(75);

  /** How long a refused client may continue to send, so that it can read the response. */
  static final Duration LINGER = Duration.ofSeconds(1);

  /**
   * A connection that has waited for a request for less than this is closed only after idle ones.
   */
  private static final Duration YOUNG = Duration.ofSeconds(1);

  /** Memory that each incoming body may use in addition to the shared memory, in bytes. */
  static final int OWN_BYTES = 16 << 10;

  /** Memory that all incoming bodies together may use beyond that, in bytes. */
  static final long SHARED_BYTES = 64L << 20;

  private static final long SWEEP_MILLIS_MAX = 1_000;
  private static final int SWEEPS_PER_LIMIT = 10;

  private final BalancerLimits limits;
  private final int max;
  private final BalancerMetrics metrics;
  private final AtomicLong bodyBytes;
  private final Map<HttpConnection, ClientConnection> open = new HashMap<>();

  /**
   * Creates the registry of the calling event loop.
   *
   * @param max this event loop's share of the connection limit
   * @param bodyBytes shared memory that the bodies of all event loops use now
   */
  ClientConnections(
      Vertx vertx, BalancerLimits limits, int max, AtomicLong bodyBytes, BalancerMetrics metrics) {
    this.limits = limits;
    this.max = max;
    this.bodyBytes = bodyBytes;
    this.metrics = metrics;
    long shorter = Math.min(limits.headers().toMillis(), limits.body().toMillis());
    vertx.setPeriodic(
        Math.clamp(shorter / SWEEPS_PER_LIMIT, 1, SWEEP_MILLIS_MAX), timer -> sweep());
  }

  BalancerLimits limits() {
    return limits;
  }

  /** Reserves shared memory for a body; returns false if there is not enough. */
  boolean take(long bytes) {
    boolean there = bodyBytes.addAndGet(bytes) <= SHARED_BYTES;
    if (!there) {
      giveBack(bytes);
    }
    return there;
  }

  void giveBack(long bytes) {
    bodyBytes.addAndGet(-bytes);
  }

  void accept(HttpConnection connection) {
    ClientConnection client = new ClientConnection(connection, now(), limits.headers());
    open.put(connection, client);
    metrics.connections().inc();
    connection.closeHandler(closed -> {
      open.remove(connection);
      metrics.connections().dec();
    });
    if (open.size() > 2 * max) {
      connection.close();
    } else if (open.size() > max && !makeRoom(client)) {
      client.refuse();
    }
  }

  ClientConnection of(HttpConnection connection) {
    return open.computeIfAbsent(
        connection, key -> new ClientConnection(key, now(), limits.headers()));
  }

  static long now() {
    return System.nanoTime();
  }

  /**
   * Closes a waiting connection: first refused ones, then slow requests, then idle ones, then new
   * requests; the oldest first in each group.
   */
  private boolean makeRoom(ClientConnection newcomer) {
    long now = now();
    Optional<Map.Entry<HttpConnection, ClientConnection>> oldest =
        open.entrySet().stream()
            .filter(one -> !one.getValue().equals(newcomer))
            .filter(one -> rank(one.getValue(), now) < Integer.MAX_VALUE)
            .min(
                Comparator.comparingInt(
                        (Map.Entry<?, ClientConnection> one) -> rank(one.getValue(), now))
                    .thenComparingLong(one -> one.getValue().since() - now));
    oldest.ifPresent(one -> {
      metrics.refused(Refusal.CONNECTIONS);
      open.remove(one.getKey());
      one.getValue().evict();
    });
    return oldest.isPresent();
  }

  private static int rank(ClientConnection one, long now) {
    return switch (one.phase()) {
      case LINGERING -> 0;
      case HEADERS, BODY -> now - one.since() > YOUNG.toNanos() ? 1 : 3;
      case IDLE -> 2;
      case INSTANCE, READER -> Integer.MAX_VALUE;
    };
  }

  private void sweep() {
    long now = now();
    for (ClientConnection one : List.copyOf(open.values())) {
      if (one.isLate(now)) {
        if (one.phase() == Phase.HEADERS) {
          metrics.refused(Refusal.SLOW_HEADERS);
        } else if (one.phase() == Phase.READER) {
          metrics.refused(Refusal.SLOW_READER);
        }
        one.end();
      }
    }
  }
}
