package dev.tideline.service.http;

import dev.tideline.engine.caching.Reads;
import dev.tideline.routing.ReadContext;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A request as endpoints see it. */
record Call(
    ServerRequest request,
    UriQuery query,
    Map<String, String> pathParameters,
    RequestIds ids,
    RequestReads requestReads) {

  /** Bodies of all calls. */
  static final int BODY_BYTES_MAX = 4 << 20;

  /** Of a body that is too long, what is read and thrown away before it is refused. */
  static final int DRAINED_BYTES_MAX = 16 << 20;

  String pathParameter(String name) {
    return Objects.requireNonNull(pathParameters.get(name), name);
  }

  Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  Parameters parameters() {
    return new Parameters(query);
  }

  /** What this call asks of its reads; see {@link RequestReads#reads}. */
  Reads reads() {
    return requestReads.reads();
  }

  /** The same for what is read from databases directly. */
  ReadContext sql() {
    return reads().sql();
  }

  /** Another call in its place, of which is only told what is cached. */
  Call explaining(UriQuery otherQuery, Map<String, String> otherParameters) {
    return new Call(request, otherQuery, otherParameters, ids, requestReads.explaining());
  }

  /** Whether nothing is to be done but to tell what is cached. */
  boolean isExplaining() {
    return reads().cache().isExplaining();
  }

  /** Whether the request carries the admin token. */
  boolean isAdmin() {
    return requestReads.isAdmin();
  }

  /** The answer is about who asks: nobody else may be given it. */
  void isPersonal() {
    requestReads.isPersonal();
  }

  boolean isNdjson() {
    return header("Content-Type").map(type -> type.contains("ndjson")).orElse(false);
  }

  /**
   * The whole body.
   *
   * @throws ProblemException 413 if it is longer than 4 MiB
   */
  byte[] body() {
    try (InputStream in = request.content().inputStream()) {
      boolean tooLong = request.headers().contentLength().orElse(0) > BODY_BYTES_MAX;
      byte[] bytes = tooLong ? new byte[0] : in.readNBytes(BODY_BYTES_MAX + 1);
      if (tooLong || bytes.length > BODY_BYTES_MAX) {
        drain(in);
        throw tooLarge();
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes what the client is still sending: a connection that is closed under it is reset, and the
   * answer that explains why is lost with it.
   */
  private static void drain(InputStream in) throws IOException {
    byte[] unwanted = new byte[8 << 10];
    int read = 0;
    for (long taken = 0; read >= 0 && taken < DRAINED_BYTES_MAX; taken += read) {
      read = in.read(unwanted);
    }
  }

  private static ProblemException tooLarge() {
    return new ProblemException(413, "A body may have at most " + BODY_BYTES_MAX + " bytes.");
  }
}
