package dev.tideline.fleet.balancer;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * Buffers a request's body before the request is sent to an instance, so that a slow client does
 * not occupy an instance or a connection to it.
 */
final class IncomingBody {

  private final HttpServerRequest request;
  private final ClientConnections connections;
  private final ClientConnection client;
  private final Promise<Buffer> whole = Promise.promise();
  private final Buffer body = Buffer.buffer();
  private long shared;

  IncomingBody(HttpServerRequest request, ClientConnections connections, ClientConnection client) {
    this.request = request;
    this.connections = connections;
    this.client = client;
  }

  /**
   * Reads the body; fails with a {@link RefusedException} if it is too long, too slow or malformed,
   * or if too many large bodies arrive at once.
   */
  Future<Buffer> read() {
    client.awaitBody(
        ClientConnections.now(),
        connections.limits().body(),
        () -> whole.tryFail(new RefusedException(Refusal.SLOW_BODY)));
    request.handler(this::add);
    request.endHandler(end -> whole.tryComplete(body));
    request.exceptionHandler(failure ->
        whole.tryFail(
            failure instanceof HttpClosedException
                ? failure
                : new RefusedException(Refusal.MALFORMED)));
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
    request.resume();
    return whole.future().onComplete(done -> client.bodyCame(ClientConnections.now()));
  }

  private void add(Buffer chunk) {
    if (whole.future().isComplete()) {
      return; // refused; discard the rest
    }
    if (body.length() + chunk.length() > RetryingProxy.BODY_BYTES_MAX) {
      whole.tryFail(new RefusedException(Refusal.TOO_LARGE));
    } else if (body.length() + chunk.length() > ClientConnections.OWN_BYTES
        && !takes(chunk.length())) {
      whole.tryFail(new RefusedException(Refusal.BYTES));
    } else {
      body.appendBuffer(chunk);
    }
  }

  private boolean takes(int bytes) {
    boolean taken = connections.take(bytes);
    shared += taken ? bytes : 0;
    return taken;
  }

  /** Releases the memory of the body. */
  void release() {
    connections.giveBack(shared);
    shared = 0;
  }
}
