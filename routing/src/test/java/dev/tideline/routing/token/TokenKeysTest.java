package dev.tideline.routing.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenKeysTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String OLD = "old-key-0123456789";
  private static final String NEW = "new-key-0123456789";
  private static final Position POSITION =
      new Position("7c9e6679-7425-40de-944b-e07fc1f90ae7", 0x16_B374_D848L);

  private static TokenKeys keys(Instant now, String... secrets) {
    return TokenKeys.of(List.of(secrets), Clock.fixed(now, ZoneOffset.UTC));
  }

  private final TokenKeys keys = keys(NOW, OLD);

  @Test
  void verify_ownToken_isThePosition() {
    String token = keys.sign(POSITION);
    assertThat(token).hasSizeLessThanOrEqualTo(128).matches("[A-Za-z0-9_-]+");
    assertThat(keys.verify(token)).contains(POSITION);
  }

  @Test
  void verify_tokenOfNoPosition_isUnknown() {
    assertThat(keys.verify(keys.sign(Position.UNKNOWN))).contains(Position.UNKNOWN);
    assertThat(keys.verify(keys.sign(new Position("named by hand", 5)))).contains(Position.UNKNOWN);
  }

  @Test
  void verify_afterTenMinutes_asksForNothing() {
    String token = keys.sign(POSITION);
    assertThat(keys(NOW.plus(TokenKeys.AGE_MAX), OLD).verify(token)).contains(POSITION);
    assertThat(keys(NOW.plus(TokenKeys.AGE_MAX).plusSeconds(1), OLD).verify(token)).isEmpty();
  }

  @Test
  void verify_tokenOfAClockThatIsAhead_counts() {
    String token = keys(NOW.plus(Duration.ofHours(1)), OLD).sign(POSITION);
    assertThat(keys.verify(token)).contains(POSITION);
  }

  @Test
  void rotation_newKeyAddedLastThenPutFirst_verifiesThroughout() {
    String before = keys.sign(POSITION);
    TokenKeys added = keys(NOW, OLD, NEW);
    TokenKeys first = keys(NOW, NEW, OLD);
    assertThat(added.verify(before)).contains(POSITION);
    assertThat(first.verify(before)).contains(POSITION);
    assertThat(added.verify(first.sign(POSITION))).contains(POSITION);
    assertThatThrownBy(() -> keys.verify(first.sign(POSITION)))
        .isInstanceOf(InvalidTokenException.class);
  }

  @Test
  void verify_anyBitChanged_isRefused() {
    byte[] bytes = Base64.getUrlDecoder().decode(keys.sign(POSITION));
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] forged = bytes.clone();
      forged[bit / 8] ^= (byte) (1 << (bit % 8));
      String token = Base64.getUrlEncoder().withoutPadding().encodeToString(forged);
      assertThatThrownBy(() -> keys.verify(token))
          .as("bit " + bit)
          .isInstanceOf(InvalidTokenException.class);
    }
  }

  @Test
  void verify_truncated_isRefused() {
    String token = keys.sign(POSITION);
    for (int length = 0; length < token.length(); length++) {
      String part = token.substring(0, length);
      assertThatThrownBy(() -> keys.verify(part)).isInstanceOf(InvalidTokenException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAA", "ü", "=", "\u0000"})
  void verify_nonsense_isRefused(String token) {
    assertThatThrownBy(() -> keys.verify(token)).isInstanceOf(InvalidTokenException.class);
    assertThatThrownBy(() -> keys.verify(token.repeat(600)))
        .isInstanceOf(InvalidTokenException.class);
  }

  @Test
  void of_noOrShortKeys_isRefused() {
    assertThatThrownBy(() -> keys(NOW)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> keys(NOW, "short")).isInstanceOf(IllegalArgumentException.class);
  }
}
