package dev.tideline.service.http;

import dev.tideline.engine.caching.Reads;
import dev.tideline.routing.route.ReadContext;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A request as endpoints see it.
 *
 * @param body all of it; empty where a call takes none
 */
record Call(
    ServerRequest request,
    UriQuery query,
    Map<String, String> pathParameters,
    RequestIds ids,
    ConsistencyHeaders requestReads,
    ByteBuffer body) {

  /** Bodies of all calls. */
  static final int BODY_BYTES_MAX = 4 << 20;

  String pathParameter(String name) {
    return Objects.requireNonNull(pathParameters.get(name), name);
  }

  Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  Parameters parameters() {
    return new Parameters(query);
  }

  /** The requirements of this call on its reads; see {@link ConsistencyHeaders#reads}. */
  Reads reads() {
    return requestReads.reads();
  }

  /** The same for direct reads of databases. */
  ReadContext sql() {
    return reads().sql();
  }

  /** The call to be explained instead: only the state of caches is returned. */
  Call explaining(UriQuery otherQuery, Map<String, String> otherParameters) {
    return new Call(request, otherQuery, otherParameters, ids, requestReads.explaining(), body);
  }

  /** The same call with its body. */
  Call with(ByteBuffer read) {
    return new Call(request, query, pathParameters, ids, requestReads, read);
  }

  /** Whether only the state of caches is returned. */
  boolean isExplaining() {
    return reads().cache().isExplaining();
  }

  /** Whether the request carries the admin token. */
  boolean isAdmin() {
    return requestReads.isAdmin();
  }

  /** Marks the answer as personal: it must not be given to others. */
  void markPersonal() {
    requestReads.markPersonal();
  }

  boolean isNdjson() {
    return header("Content-Type").map(type -> type.contains("ndjson")).orElse(false);
  }
}
