package dev.tideline.routing.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs positions and verifies the tokens that clients send back. Tokens are signed, not secret: a
 * token contains a position of the database and is not bound to a user.
 *
 * <p>A token is 71 characters of URL-safe Base64: a version, the key's id, the epoch, the LSN, the
 * second of issue, and an HMAC-SHA-256 cut to 128 bits (RFC 2104). Keys can be rotated: the first
 * signs, all verify. Add a new key last on every instance, then move it to the first place.
 * Thread-safe.
 */
public final class TokenKeys {

  /** Longer texts are rejected without being decoded. */
  public static final int TOKEN_LENGTH_MAX = 512;

  /** Older tokens are ignored: every replica in use has replayed their positions. */
  public static final Duration AGE_MAX = Duration.ofMinutes(10);

  public static final int SECRET_LENGTH_MIN = 16;

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte VERSION = 1;
  private static final int SIGNATURE_BYTES = 16;
  private static final int SIGNED_BYTES =
      1 + Integer.BYTES + 2 * Long.BYTES + Long.BYTES + Long.BYTES;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private record Key(int id, SecretKeySpec spec) {
    static Key of(String secret) {
      byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        return new Key(ByteBuffer.wrap(digest).getInt(), new SecretKeySpec(bytes, ALGORITHM));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e); // every Java platform has it
      }
    }
  }

  private final List<Key> keys;
  private final Clock clock;

  private TokenKeys(List<Key> keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * Creates keys from secrets; the first one signs.
   *
   * @param secrets at least one, each of 16 characters or more
   * @throws IllegalArgumentException if there is none, or one is too short
   */
  public static TokenKeys of(List<String> secrets, Clock clock) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("no key to sign tokens with");
    }
    if (secrets.stream().anyMatch(secret -> secret.length() < SECRET_LENGTH_MIN)) {
      throw new IllegalArgumentException("a key has fewer than 16 characters");
    }
    return new TokenKeys(secrets.stream().map(Key::of).toList(), clock);
  }

  /** The token of a position, known or not. */
  public String sign(Position position) {
    Key key = keys.getFirst();
    UUID epoch = epoch(position);
    boolean known = epoch.getMostSignificantBits() != 0 || epoch.getLeastSignificantBits() != 0;
    ByteBuffer bytes =
        ByteBuffer.allocate(SIGNED_BYTES + SIGNATURE_BYTES)
            .put(VERSION)
            .putInt(key.id())
            .putLong(epoch.getMostSignificantBits())
            .putLong(epoch.getLeastSignificantBits())
            .putLong(known ? position.lsn() : 0)
            .putLong(clock.instant().getEpochSecond());
    bytes.put(signature(key, bytes.array()));
    return ENCODER.encodeToString(bytes.array());
  }

  /** An epoch that is not a UUID, for example one written by hand, cannot be put into a token. */
  private static UUID epoch(Position position) {
    try {
      return position.isKnown() ? UUID.fromString(position.epoch()) : new UUID(0, 0);
    } catch (IllegalArgumentException e) {
      return new UUID(0, 0);
    }
  }

  /**
   * The position of a token; empty if the token is older than {@link #AGE_MAX}.
   *
   * @throws InvalidTokenException if it is malformed, or none of the keys has signed it
   */
  public Optional<Position> verify(String token) {
    byte[] all = decoded(token);
    ByteBuffer bytes = ByteBuffer.wrap(all);
    if (all.length != SIGNED_BYTES + SIGNATURE_BYTES || bytes.get() != VERSION) {
      throw new InvalidTokenException("is not a token");
    }
    int id = bytes.getInt();
    byte[] claimed = Arrays.copyOfRange(all, SIGNED_BYTES, all.length);
    if (keys.stream()
        .noneMatch(key -> key.id() == id && MessageDigest.isEqual(claimed, signature(key, all)))) {
      throw new InvalidTokenException("was not issued here");
    }
    UUID epoch = new UUID(bytes.getLong(), bytes.getLong());
    long lsn = bytes.getLong();
    Instant issued = Instant.ofEpochSecond(bytes.getLong());
    if (issued.plus(AGE_MAX).isBefore(clock.instant())) {
      return Optional.empty();
    }
    return Optional.of(lsn == 0 ? Position.UNKNOWN : new Position(epoch.toString(), lsn));
  }

  private static byte[] decoded(String token) {
    if (token.length() > TOKEN_LENGTH_MAX) {
      throw new InvalidTokenException("is longer than 512 characters");
    }
    try {
      return Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      throw new InvalidTokenException("is not a token");
    }
  }

  private static byte[] signature(Key key, byte[] bytes) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key.spec());
      mac.update(bytes, 0, SIGNED_BYTES);
      return Arrays.copyOf(mac.doFinal(), SIGNATURE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
