package dev.tideline.service.http;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.service.config.HttpLimits;
import dev.tideline.service.metrics.HttpMetrics;
import dev.tideline.service.metrics.Refusal;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.Headers;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections of one port, each with time limits for whole requests: Helidon 4.5.0 begins its
 * own anew with each byte, and counts a request as under way while its body still comes.
 *
 * <p>Where there are too many, the one that has been waited for the longest makes room, so that
 * senders of slow requests do not keep others out.
 */
final class Connections implements ServerConnectionSelector, AutoCloseable {

  /** How long a connection may be idle between two requests; longer than balancers keep theirs. */
  static final Duration IDLE = Duration.ofSeconds(75);

  /** How long a client may take nothing of its answer. */
  static final Duration UNREAD = Duration.ofSeconds(30);

  /** A request that is not read yet is spared for so long. */
  static final Duration YOUNG = Duration.ofSeconds(1);

  /** What each request may take of memory while it is read, besides what all share. */
  static final int OWN_BYTES = 16 << 10;

  /** What all requests that are being read may take beyond that. */
  static final long SHARED_BYTES = 64L << 20;

  /** How many may be on their way out beyond the limit. */
  static final int LEAVING_MAX = 200;

  /**
   * Longer request lines are refused before they are read; ones this long still get an answer that
   * explains.
   */
  private static final int REQUEST_LINE_BYTES_MAX = 64 << 10;

  private static final int HEADER_BYTES_MAX = 64 << 10;
  private static final Duration SWEEP_MAX = Duration.ofSeconds(1);
  private static final int SWEEPS_PER_LIMIT = 10;

  private final HttpLimits limits;
  private final Http1ConnectionSelector http1;
  private final HttpMetrics metrics;
  private final Set<BoundedConnection> live = ConcurrentHashMap.newKeySet();
  private final Map<Thread, BoundedConnection> byThread = new ConcurrentHashMap<>();
  private final AtomicLong sharedBytes = new AtomicLong();
  private final BackgroundLoop sweeper;

  /**
   * Those of a port.
   *
   * @param port its name, a label of metrics
   */
  Connections(String port, HttpLimits limits, HttpMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
    this.http1 =
        Http1ConnectionSelector.builder()
            .config(
                Http1Config.builder()
                    .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                    .maxHeadersSize(HEADER_BYTES_MAX)
                    .addReceiveListener(new HeadersEnd())
                    .build())
            .build();
    metrics.observeConnections(port, live::size);
    this.sweeper = BackgroundLoop.every(sweepInterval(limits), "slow-clients", this::sweep);
  }

  private static Duration sweepInterval(HttpLimits limits) {
    Duration shorter =
        limits.headerTimeout().compareTo(limits.bodyTimeout()) < 0
            ? limits.headerTimeout()
            : limits.bodyTimeout();
    Duration part = shorter.dividedBy(SWEEPS_PER_LIMIT);
    return part.compareTo(SWEEP_MAX) < 0 ? part : SWEEP_MAX;
  }

  /** Tells a connection that its next request's headers are complete. */
  private static final class HeadersEnd implements Http1ConnectionListener {
    @Override
    public void headers(ConnectionContext context, Headers headers) {
      if (context instanceof BoundedConnection connection) {
        connection.headersEnded();
      }
    }
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    BoundedConnection connection = new BoundedConnection(context, this);
    live.add(connection);
    byThread.put(Thread.currentThread(), connection);
    if (live.size() > limits.connections() && !makeRoom(connection)) {
      connection.refuse();
    }
    return connection;
  }

  /** Ends one that is waited for: a slow request, the oldest first, or the longest idle. */
  private boolean makeRoom(BoundedConnection newcomer) {
    long now = System.nanoTime();
    return live.stream()
        .filter(one -> !one.equals(newcomer) && one.isReading())
        .sorted(
            Comparator.comparingInt((BoundedConnection one) -> one.spared(now))
                .thenComparingLong(one -> one.since() - now))
        .anyMatch(one -> one.end(Refusal.CONNECTIONS));
  }

  private void sweep() {
    long now = System.nanoTime();
    live.forEach(one -> one.check(now));
  }

  ServerConnection http1(ConnectionContext context) {
    return http1.connection(context);
  }

  HttpLimits limits() {
    return limits;
  }

  void ended(BoundedConnection connection) {
    live.remove(connection);
    byThread.remove(Thread.currentThread(), connection);
  }

  void refused(Refusal refusal) {
    metrics.refused(refusal);
  }

  /** Takes memory from what all requests share, unless that is used up. */
  boolean take(long bytes) {
    boolean there = sharedBytes.addAndGet(bytes) <= SHARED_BYTES;
    if (!there) {
      giveBack(bytes);
    }
    return there;
  }

  void giveBack(long bytes) {
    sharedBytes.addAndGet(-bytes);
  }

  /** The connection that the calling thread serves. */
  Optional<BoundedConnection> current() {
    return Optional.ofNullable(byThread.get(Thread.currentThread()));
  }

  /** The bytes of an answer, after which the connection is closed. */
  static BufferData last(Answer answer) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " -\r\n");
    answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Type: " + answer.contentType() + "\r\n");
    head.append("Content-Length: " + answer.body().length + "\r\nConnection: close\r\n\r\n");
    return BufferData.create(
        List.of(BufferData.create(head.toString()), BufferData.create(answer.body())));
  }

  @Override
  public int bytesToIdentifyConnection() {
    return 0;
  }

  @Override
  public Support supports(BufferData data) {
    return Support.SUPPORTED;
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public void close() {
    sweeper.close();
  }
}
