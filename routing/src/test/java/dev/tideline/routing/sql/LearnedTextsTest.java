package dev.tideline.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What replicas refused is remembered in a bounded number of bytes. */
final class LearnedTextsTest {

  /** Of a text of 36 characters: 128 and 72 bytes. */
  private static final int TEXT_BYTES = 200;

  private final LearnedTexts learned = new LearnedTexts(3 * TEXT_BYTES);

  private static String text(int number) {
    return "%36d".formatted(number);
  }

  @Test
  void add_again_isNoNews() {
    assertThat(learned.add(text(1))).isTrue();
    assertThat(learned.add(text(1))).isFalse();
    assertThat(learned.contains(text(1))).isTrue();
    assertThat(learned.contains(text(2))).isFalse();
    assertThat(learned.bytes()).isEqualTo(TEXT_BYTES);
  }

  @Test
  void add_overTheBound_forgetsTheOldest() {
    for (int i = 1; i <= 3; i++) {
      learned.add(text(i));
    }
    assertThat(learned.contains(text(1))).as("three fit").isTrue();
    learned.add(text(4));
    assertThat(learned.contains(text(1))).isFalse();
    assertThat(learned.contains(text(2))).isTrue();
    assertThat(learned.bytes()).isEqualTo(3 * TEXT_BYTES);
    assertThat(learned.add(text(1))).as("learned again").isTrue();
  }

  @Test
  void add_longerThanTheBound_isNotKept() {
    assertThat(learned.add("x".repeat(3 * TEXT_BYTES))).isFalse();
    assertThat(learned.bytes()).isZero();
    String longest = "x".repeat((3 * TEXT_BYTES - 128) / 2);
    assertThat(learned.add(longest)).isTrue();
    assertThat(learned.add("y")).isTrue();
    assertThat(learned.contains(longest)).isFalse();
  }
}
