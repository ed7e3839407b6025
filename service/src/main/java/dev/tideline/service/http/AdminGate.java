package dev.tideline.service.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Lets admin calls through that carry the token. */
final class AdminGate {

  private static final String SCHEME = "Bearer ";

  private final Optional<String> token;

  AdminGate(Optional<String> token) {
    this.token = token;
  }

  /** The refusal of a call, unless it may pass. */
  Optional<Answer> refuse(Call call) {
    String traceId = call.ids().trace();
    if (token.isEmpty()) {
      return Optional.of(
          Problems.answer(
              403, "No admin token is configured, so admin calls are refused.", traceId));
    }
    Optional<String> given = given(call.request().headers());
    if (given.isEmpty()) {
      return Optional.of(
          Problems.answer(401, "This call needs the admin token.", traceId)
              .with("WWW-Authenticate", "Bearer realm=\"tideline\""));
    }
    return isToken(given.get())
        ? Optional.empty()
        : Optional.of(Problems.answer(403, "The admin token is not the right one.", traceId));
  }

  /** Whether a request carries the token. */
  boolean isAdmin(ServerRequestHeaders headers) {
    return given(headers).filter(this::isToken).isPresent();
  }

  private static Optional<String> given(ServerRequestHeaders headers) {
    return headers
        .first(HeaderNames.AUTHORIZATION)
        .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
        .map(value -> value.substring(SCHEME.length()).strip());
  }

  private boolean isToken(String given) {
    return token.isPresent()
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), token.get().getBytes(StandardCharsets.UTF_8));
  }
}
