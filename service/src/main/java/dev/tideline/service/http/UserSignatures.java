package dev.tideline.service.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies the shop's signature of a request's user: an HMAC-SHA-256 (RFC 2104) of the user id, or
 * with a session, of the user id, a line feed and the session id; in hexadecimal. Neither id may
 * hold a line feed. Keys rotate: the shop signs with one, all verify. Thread-safe.
 */
final class UserSignatures {

  static final String HEADER = "Tideline-User-Signature";

  private static final String ALGORITHM = "HmacSHA256";
  private static final int HEX_LENGTH = 64;

  private final List<SecretKeySpec> keys;

  /**
   * Signatures by these keys.
   *
   * @param secrets none if no user id can be signed
   */
  UserSignatures(List<String> secrets) {
    keys =
        secrets.stream()
            .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM))
            .toList();
  }

  /** Whether there is a key at all. */
  boolean areKnown() {
    return !keys.isEmpty();
  }

  /** Whether the signature of the user and the session is valid under one of the keys. */
  boolean verify(String userId, Optional<String> sessionId, String signature) {
    Optional<byte[]> given = bytes(signature);
    byte[] signed =
        sessionId
            .map(session -> userId + '\n' + session)
            .orElse(userId)
            .getBytes(StandardCharsets.UTF_8);
    boolean verified = false;
    for (SecretKeySpec key : keys) { // all of them, so that the time tells nothing
      verified |= given.isPresent() && MessageDigest.isEqual(given.get(), sign(key, signed));
    }
    return verified;
  }

  private static Optional<byte[]> bytes(String hex) {
    try {
      return hex.length() == HEX_LENGTH
          ? Optional.of(HexFormat.of().parseHex(hex))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] sign(SecretKeySpec key, byte[] message) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
