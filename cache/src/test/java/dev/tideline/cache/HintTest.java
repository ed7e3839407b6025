package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that instances send each other, and what else may stand in the stream. */
final class HintTest {

  private static final long NOW = 1_000_000;
  private static final Stamp AT = new Stamp("one", 42);

  private static Hint hint(String... tags) {
    return new Hint(AT, List.of(tags), "product", Duration.ZERO);
  }

  private static Map<String, String> with(String field, String value) {
    Map<String, String> fields = new HashMap<>(hint("catalog").fields(NOW));
    fields.put(field, value);
    return fields;
  }

  @Test
  void sentAndRead_isTheSame_whateverTheTagsContain() {
    Hint hint = hint("category:A\nB", "brand:A, B", "", "word:café");
    assertThat(Hint.read(hint.fields(NOW), NOW)).contains(hint);
    assertThat(Hint.read(hint.fields(NOW), NOW + 300).orElseThrow().age())
        .isEqualTo(Duration.ofMillis(300));
  }

  @ParameterizedTest
  @CsvSource({
    "position, -1",
    "position, 0",
    "position, ten",
    "position, 9223372036854775808",
    "position, ''",
    "epoch, ''"
  })
  void withoutAPlace_isNotUnderstood(String field, String value) {
    assertThat(Hint.read(with(field, value), NOW)).isEmpty();
  }

  @Test
  void veryLongName_isNotUnderstood() {
    assertThat(Hint.read(with("epoch", "x".repeat(1_000_000)), NOW)).isEmpty();
    assertThat(Hint.read(with("reason", "x".repeat(1_000_000)), NOW).orElseThrow().reason())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-9223372036854775808, 0",
    "9223372036854775807, 0",
    "soon, 0",
    "1, 60000",
    "999000, 1000"
  })
  void age_isBounded(String told, long millis) {
    assertThat(Hint.read(with("told", told), NOW).orElseThrow().age())
        .isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void tooManyTags_tooLongOnes_andPatterns_areLeftToTheLog() {
    String[] most = Collections.nCopies(Hint.TAGS_MAX, "t").toArray(String[]::new);
    assertThat(read(hint(most)).tags()).hasSize(Hint.TAGS_MAX);
    Map<String, String> more = hint(most).fields(NOW);
    more.put("tag." + Hint.TAGS_MAX, "t");
    assertThat(Hint.read(more, NOW).orElseThrow().tags()).isEmpty();
    assertThat(Hint.read(with("tag.0", "x".repeat(Hint.TAG_LENGTH_MAX + 1)), NOW).orElseThrow())
        .isEqualTo(new Hint(AT, List.of(), "product", Duration.ZERO));
    assertThat(read(hint("product:1", "keys:*")).tags()).isEmpty();
  }

  private static Hint read(Hint hint) {
    return Hint.read(hint.fields(NOW), NOW).orElseThrow();
  }

  @Test
  void nonsense_isReadWithoutAnError() {
    Random random = new Random(7);
    List<String> names = List.of("epoch", "position", "reason", "told", "tag.0", "tag.1", "tags");
    for (int i = 0; i < 2_000; i++) {
      Map<String, String> fields = new HashMap<>();
      for (String name : names) {
        if (random.nextBoolean()) {
          fields.put(name, Long.toString(random.nextLong(), 2 + random.nextInt(9)));
        }
      }
      Hint.read(fields, random.nextLong())
          .ifPresent(hint -> assertThat(hint.at().position()).isPositive());
    }
  }
}
