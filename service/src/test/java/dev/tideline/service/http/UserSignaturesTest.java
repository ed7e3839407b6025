package dev.tideline.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures are those of {@code printf %s MESSAGE | openssl dgst -sha256 -hmac KEY}. */
final class UserSignaturesTest {

  private static final String OF_U =
      "373d81c1c8b83ed95172284ddfe56ec28608f950ee287e0fb2463031eb9776a3";
  private static final String OF_U_AND_S =
      "d66d62de668bce181e2a5be7d78ef74cec38960a71adfaacd41a61c56b638f14";

  private final UserSignatures signatures =
      new UserSignatures(List.of("0123456789abcdef", "another key here"));

  @Test
  void verify_signedByAKey_holds() {
    assertThat(signatures.verify("u", Optional.empty(), OF_U)).isTrue();
    assertThat(signatures.verify("u", Optional.empty(), OF_U.toUpperCase(Locale.ROOT))).isTrue();
    assertThat(signatures.verify("u", Optional.of("s"), OF_U_AND_S)).isTrue();
    UserSignatures rotated = new UserSignatures(List.of("a new key for all", "0123456789abcdef"));
    assertThat(rotated.verify("u", Optional.empty(), OF_U)).isTrue();
  }

  @Test
  void verify_otherUserSessionOrKey_doesNot() {
    assertThat(signatures.verify("v", Optional.empty(), OF_U)).isFalse();
    assertThat(signatures.verify("u", Optional.of("s"), OF_U)).isFalse();
    assertThat(signatures.verify("u", Optional.empty(), OF_U_AND_S)).isFalse();
    assertThat(signatures.verify("u", Optional.of("t"), OF_U_AND_S)).isFalse();
    assertThat(new UserSignatures(List.of("another key here")).verify("u", Optional.empty(), OF_U))
        .isFalse();
    assertThat(new UserSignatures(List.of()).verify("u", Optional.empty(), OF_U)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "u", "00", "zz", "\u0661"})
  void verify_noSignatureAtAll_doesNot(String text) {
    assertThat(signatures.verify("u", Optional.empty(), text)).isFalse();
    assertThat(signatures.verify("u", Optional.empty(), text.repeat(64))).isFalse();
  }
}
