package dev.tideline.service.http;

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
    Optional<String> given =
        call.header("Authorization")
            .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
            .map(value -> value.substring(SCHEME.length()).strip());
    if (given.isEmpty()) {
      return Optional.of(
          Problems.answer(401, "This call needs the admin token.", traceId)
              .with("WWW-Authenticate", "Bearer realm=\"tideline\""));
    }
    boolean same =
        MessageDigest.isEqual(
            given.get().getBytes(StandardCharsets.UTF_8),
            token.get().getBytes(StandardCharsets.UTF_8));
    return same
        ? Optional.empty()
        : Optional.of(Problems.answer(403, "The admin token is not the right one.", traceId));
  }
}
