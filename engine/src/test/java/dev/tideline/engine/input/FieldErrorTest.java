package dev.tideline.engine.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FieldErrorTest {

  private static final String EMOJI = "\ud83d\ude00";

  @Test
  void of_namesAndValuesOfTheInput_areKept() {
    FieldError error = new FieldError("attributes.größe" + EMOJI, "is not a number: 1,5");
    assertThat(error.field()).isEqualTo("attributes.größe" + EMOJI);
    assertThat(error.message()).isEqualTo("is not a number: 1,5");
  }

  @Test
  void of_halfCharacters_areReplaced() {
    assertThat(new FieldError("a\ud800b", "c\udc00").field()).isEqualTo("a\ufffdb");
    assertThat(new FieldError("a\ud800b", "c\udc00").message()).isEqualTo("c\ufffd");
  }

  @Test
  void of_longTexts_areCutBetweenCharacters() {
    String cut = new FieldError("x" + EMOJI.repeat(1_000), "").field();
    assertThat(cut).hasSizeLessThan(FieldError.FIELD_MAX + 10).endsWith("\ufffd...");
    assertThat(Identifiers.isStorable(cut)).isTrue();
  }
}
