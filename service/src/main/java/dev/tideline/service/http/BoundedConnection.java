package dev.tideline.service.http;

import dev.tideline.service.metrics.Refusal;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection: Helidon speaks HTTP/1.1 on it, and reads and writes through here, where it is
 * known what it waits for, since when, and how many bytes a request has taken so far.
 *
 * <p>Used by the thread that serves the connection, and by those that may {@link #end} it.
 */
final class BoundedConnection
    implements ServerConnection, ConnectionContext, InterruptableTask<Void> {

  /** After an answer to a request that was not read to its end: so long, and so much, is still. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private static final long LINGER_BYTES_MAX = 16L << 20;

  /** How far the next request has been read. */
  private enum Phase {
    IDLE,
    HEADERS,
    BODY,
    /** It was answered; further bytes from the client are discarded. */
    LINGERING
  }

  /** What the client is waited for. */
  private enum Wait {
    NONE,
    READ,
    WRITE,
    ENDED
  }

  private final ConnectionContext context;
  private final Connections connections;
  private final DataReader reader = DataReader.create(this::next);
  private final DataWriter writer;
  private final ServerConnection http1;
  private final AtomicReference<Wait> wait = new AtomicReference<>(Wait.NONE);
  private final CountDownLatch told = new CountDownLatch(1);
  private volatile Phase phase = Phase.HEADERS;
  private volatile long since = System.nanoTime();
  private volatile long until;
  private volatile boolean admitted = true;
  private volatile boolean begun;
  private long received;
  private long shared;

  BoundedConnection(ConnectionContext context, Connections connections) {
    this.context = context;
    this.connections = connections;
    this.writer = new Writer(context.dataWriter());
    this.http1 = connections.http1(this);
  }

  /** It is answered with a refusal, and no more. */
  void refuse() {
    admitted = false;
  }

  @Override
  public void handle(Limit limit) throws InterruptedException {
    try {
      if (admitted) {
        http1.handle(limit);
      } else {
        connections.refused(Refusal.CONNECTIONS);
        writer.writeNow(Connections.last(refusal(Refusal.CONNECTIONS)));
      }
      linger();
    } catch (CloseConnectionException e) {
      linger();
      throw e;
    } finally {
      releaseBytes();
      connections.ended(this);
      awaitEnd();
    }
  }

  /** Whoever ended it may still be telling the client why. */
  private void awaitEnd() throws InterruptedException {
    if (wait.get() == Wait.ENDED && !told.await(LINGER.toMillis(), TimeUnit.MILLISECONDS)) {
      close();
    }
  }

  /** The bytes that came next, within the time that there is for what they belong to. */
  private byte @Nullable [] next() {
    if (phase == Phase.IDLE && reader.available() > 0) {
      headersBegin(); // the beginning came with the end of the request before
    }
    boolean whole = received == 0 && reader.available() == 0 && phase != Phase.BODY;
    byte[] bytes = read();
    if (bytes == null) {
      if (phase == Phase.IDLE || received == 0) {
        return null;
      }
      throw new CloseConnectionException("the client closed the connection within a request");
    }
    if (phase == Phase.IDLE) {
      headersBegin();
    }
    count(bytes.length);
    return whole ? beginning(bytes) : bytes;
  }

  /** The beginning of a request, read so far that its first line can be judged. */
  private byte[] beginning(byte[] first) {
    RequestHead head = new RequestHead();
    head.add(first);
    while (!head.isEnough()) {
      byte[] more = read();
      if (more == null) {
        throw new CloseConnectionException("the client closed the connection within a request");
      }
      count(more.length);
      head.add(more);
    }
    return head.judged();
  }

  private byte @Nullable [] read() {
    begin(Wait.READ, limitOfRead());
    byte[] bytes;
    try {
      bytes = context.serverSocket().get();
    } catch (RuntimeException e) {
      throw new CloseConnectionException("the connection broke", e);
    }
    done(Wait.READ);
    return bytes;
  }

  private long limitOfRead() {
    return switch (phase) {
      case IDLE -> since + Connections.IDLE.toNanos();
      case HEADERS -> since + connections.limits().headerTimeout().toNanos();
      case BODY -> since + connections.limits().bodyTimeout().toNanos();
      case LINGERING -> since + LINGER.toNanos();
    };
  }

  private void begin(Wait next, long limit) {
    until = limit;
    if (!wait.compareAndSet(Wait.NONE, next)) {
      throw new CloseConnectionException("the connection was closed");
    }
  }

  private void done(Wait now) {
    if (!wait.compareAndSet(now, Wait.NONE)) {
      throw new CloseConnectionException("the connection was closed");
    }
  }

  private void headersBegin() {
    phase = Phase.HEADERS;
    since = System.nanoTime();
  }

  void headersEnded() {
    phase = Phase.BODY;
    since = System.nanoTime();
  }

  /** A request was read to its end and answered; the next may come. */
  void requestEnded() {
    phase = Phase.IDLE;
    since = System.nanoTime();
    begun = false;
    received = 0;
    releaseBytes();
  }

  /** Whether a request's headers are not yet understood. */
  boolean isReadingHeaders() {
    return phase == Phase.HEADERS;
  }

  /** Requests that are large while they are read share a bound. */
  private void count(int bytes) {
    begun = true;
    received += bytes;
    if (received <= Connections.OWN_BYTES) {
      return;
    }
    if (!connections.take(bytes)) {
      connections.refused(Refusal.BYTES);
      throw RequestException.builder()
          .type(EventType.OTHER)
          .status(Status.SERVICE_UNAVAILABLE_503)
          .setKeepAlive(false)
          .header(HeaderValues.create("Retry-After", "1"))
          .message(text(Refusal.BYTES))
          .build();
    }
    shared += bytes;
  }

  private void releaseBytes() {
    connections.giveBack(shared);
    shared = 0;
  }

  /**
   * Takes what the client is still sending: a connection that is closed under it is reset, and the
   * answer that explains why is lost with it.
   */
  private void linger() {
    if (phase == Phase.IDLE) {
      return;
    }
    phase = Phase.LINGERING;
    since = System.nanoTime();
    long taken = 0;
    byte[] bytes = read();
    while (bytes != null && taken < LINGER_BYTES_MAX) {
      taken += bytes.length;
      bytes = read();
    }
  }

  boolean isReading() {
    return wait.get() == Wait.READ;
  }

  /** How late its turn is to make room: slow requests, then idle ones, then what has just begun. */
  int spared(long now) {
    if (phase == Phase.IDLE) {
      return 1;
    }
    return now - since > Connections.YOUNG.toNanos() ? 0 : 2;
  }

  long since() {
    return since;
  }

  /** Ends it if the client has let it wait for too long. */
  void check(long now) {
    Wait waited = wait.get();
    if (waited == Wait.NONE || now - until < 0) {
      return;
    }
    if (waited == Wait.ENDED) {
      close(); // the client does not take what it was told last
    } else {
      Refusal ofReading = phase == Phase.BODY ? Refusal.SLOW_BODY : Refusal.SLOW_HEADERS;
      end(waited == Wait.WRITE ? Refusal.SLOW_READER : ofReading);
    }
  }

  /**
   * Ends it while the client is waited for.
   *
   * @return whether it was
   */
  boolean end(Refusal why) {
    Wait waited = wait.get();
    boolean isMidRequest =
        waited == Wait.READ && (phase == Phase.BODY || (phase == Phase.HEADERS && begun));
    if (waited == Wait.NONE || waited == Wait.ENDED || !wait.compareAndSet(waited, Wait.ENDED)) {
      return false;
    }
    until = System.nanoTime() + LINGER.toNanos();
    if (isMidRequest || waited == Wait.WRITE || why == Refusal.CONNECTIONS) {
      connections.refused(why);
    }
    Thread.startVirtualThread(() -> tellAndClose(isMidRequest, why));
    return true;
  }

  private void tellAndClose(boolean tells, Refusal why) {
    try {
      if (tells) {
        context.dataWriter().writeNow(Connections.last(refusal(why)));
      }
    } catch (RuntimeException e) {
      // it needs no notification any more
    } finally {
      close();
      told.countDown();
    }
  }

  private void close() {
    try {
      context.serverSocket().close();
    } catch (RuntimeException e) {
      // it is closed
    }
  }

  private static Answer refusal(Refusal why) {
    int status =
        switch (why) {
          case SLOW_HEADERS, SLOW_BODY, SLOW_READER -> 408;
          case CONNECTIONS, REQUESTS, BYTES -> 503;
        };
    Answer answer = Problems.answer(status, text(why), RequestIds.random());
    return (status == 503 ? answer.with("Retry-After", "1") : answer)
        .with("Cache-Control", "no-store");
  }

  static String text(Refusal why) {
    return switch (why) {
      case SLOW_HEADERS -> "The request's headers did not come in time.";
      case SLOW_BODY -> "The request's body did not come in time.";
      case SLOW_READER -> "The answer was not read in time.";
      case CONNECTIONS -> "There are too many connections; try again.";
      case REQUESTS -> "Too many requests are being answered; try again.";
      case BYTES -> "Too many large requests are being read; try again.";
    };
  }

  /** Writes with a time limit. */
  private final class Writer implements DataWriter {
    private final DataWriter socket;

    Writer(DataWriter socket) {
      this.socket = socket;
    }

    @Override
    public void writeNow(BufferData buffer) {
      begin(Wait.WRITE, System.nanoTime() + Connections.UNREAD.toNanos());
      socket.writeNow(buffer);
      done(Wait.WRITE);
    }

    @Override
    public void writeNow(BufferData... buffers) {
      writeNow(BufferData.create(buffers));
    }

    @Override
    public void write(BufferData buffer) {
      writeNow(buffer);
    }

    @Override
    public void write(BufferData... buffers) {
      writeNow(buffers);
    }
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public DataWriter dataWriter() {
    return writer;
  }

  @Override
  public boolean canInterrupt() {
    return http1 instanceof InterruptableTask<?> task && task.canInterrupt();
  }

  @Override
  public Duration idleTime() {
    return http1.idleTime();
  }

  @Override
  public void close(boolean interrupt) {
    http1.close(interrupt);
  }

  @Override
  public ListenerContext listenerContext() {
    return context.listenerContext();
  }

  @Override
  public ExecutorService executor() {
    return context.executor();
  }

  @Override
  public Router router() {
    return context.router();
  }

  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return context.proxyProtocolData();
  }

  @Override
  public HelidonSocket serverSocket() {
    return context.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return context.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return context.localPeer();
  }

  @Override
  public boolean isSecure() {
    return context.isSecure();
  }

  @Override
  public String socketId() {
    return context.socketId();
  }

  @Override
  public String childSocketId() {
    return context.childSocketId();
  }
}
