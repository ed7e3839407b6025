package dev.tideline.fleet.balancer;

import dev.tideline.embedded.process.BackgroundLoop;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line for each request that the balancer answered, in the format of {@code
 * deploy/nginx/nginx.conf}. For privacy, a line contains neither the client's address nor the
 * query. Lines are written by a separate thread. If it does not keep up, or the disk is full, lines
 * are dropped and counted. Thread-safe.
 */
class AccessLog implements AutoCloseable {

  /** Writes nothing. */
  static final AccessLog OFF =
      new AccessLog() {
        @Override
        void add(Exchange exchange) {}
      };

  static final int LINES_WAITING_MAX = 10_000;
  static final int PATH_LENGTH_MAX = 256;

  private static final int TOGETHER_MAX = 1_000;

  void add(Exchange exchange) {
    add(line(exchange, Clock.systemUTC().instant()));
  }

  void add(String line) {}

  @Override
  public void close() {}

  /** Creates a log that writes to a file with rotation. */
  static AccessLog to(Path file, BalancerMetrics metrics) {
    return new Written(new RotatingFile(file), metrics);
  }

  static String line(Exchange exchange, Instant at) {
    BackendState member = exchange.member;
    String path = exchange.request.path();
    StringBuilder line = new StringBuilder(160).append("- [");
    line.append(at.truncatedTo(ChronoUnit.SECONDS)).setLength(line.length() - 1);
    line.append("+00:00] \"");
    printable(line, exchange.request.method().name());
    printable(line.append(' '), path == null || path.isEmpty() ? "-" : path);
    line.append(exchange.request.version() == HttpVersion.HTTP_1_0 ? " HTTP/1.0" : " HTTP/1.1");
    line.append("\" ").append(exchange.status());
    line.append(' ').append(exchange.request.response().bytesWritten()).append(' ');
    seconds(line, exchange.millis());
    line.append(" instance=").append(member == null ? "-" : member.backend().name());
    line.append(" tries=").append(exchange.tries);
    return line.append(" id=").append(exchange.requestId()).toString();
  }

  private static void seconds(StringBuilder line, long millis) {
    long part = millis % 1_000;
    line.append(millis / 1_000)
        .append('.')
        .append(part < 100 ? "0" : "")
        .append(part < 10 ? "0" : "");
    line.append(part);
  }

  /** Replaces characters that would end the field or the line. */
  private static void printable(StringBuilder line, String text) {
    for (int i = 0; i < Math.min(text.length(), PATH_LENGTH_MAX); i++) {
      char c = text.charAt(i);
      line.append(c > ' ' && c < 0x7f && c != '"' && c != '\\' ? c : '?');
    }
  }

  private static final class Written extends AccessLog {

    private static final Logger log = LoggerFactory.getLogger(AccessLog.class);

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);

    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(LINES_WAITING_MAX);
    private final RotatingFile file;
    private final BalancerMetrics metrics;
    private final BackgroundLoop writer;
    private volatile boolean closed;
    private boolean failing;

    Written(RotatingFile file, BalancerMetrics metrics) {
      this.file = file;
      this.metrics = metrics;
      this.writer = BackgroundLoop.start("access-log", this::write);
    }

    @Override
    void add(String line) {
      if (!waiting.offer(line)) {
        metrics.lineDropped();
      }
    }

    /** Writes the waiting lines. Returns false once the log is closed and all lines are written. */
    private boolean write() throws InterruptedException {
      String first = waiting.poll(100, TimeUnit.MILLISECONDS);
      if (first != null) {
        List<String> lines = new ArrayList<>(List.of(first));
        waiting.drainTo(lines, TOGETHER_MAX);
        write(lines);
      }
      return !closed || !waiting.isEmpty();
    }

    private void write(List<String> lines) {
      try {
        file.append(lines);
        failing = false;
      } catch (IOException e) {
        lines.forEach(line -> metrics.lineDropped());
        if (!failing) {
          log.warn("cannot write to the access log; lines are dropped: {}", e.toString());
        }
        failing = true;
      }
    }

    @Override
    public void close() {
      closed = true;
      try {
        writer.join(CLOSE_WAIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
