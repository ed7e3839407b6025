package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EntryTest {

  private static Entry<String> entry(String epoch, long position, int loadMillis) {
    return new Entry<>(
        new Entry.Name("cache", "key"),
        "v",
        new Stamp(epoch, position),
        List.of("a"),
        new Entry.Times(0, loadMillis, 10_000, 20_000),
        7);
  }

  @Test
  void fresh_endsWithItsTime() {
    Entry<String> entry = entry("e", 1, 10);
    assertThat(entry.isFresh(9_999)).isTrue();
    assertThat(entry.isFresh(10_000)).isFalse();
    assertThat(entry.bytes()).isEqualTo(7);
  }

  @Test
  void warmed_isRemembered() {
    Entry<String> entry = entry("e", 1, 10);
    assertThat(entry.isWarmed()).isFalse();
    entry.markWarmed();
    assertThat(entry.isWarmed()).isTrue();
  }

  private static long due(Entry<String> entry, long now) {
    return IntStream.range(0, 1_000).filter(i -> entry.isDueEarly(now)).count();
  }

  @Test
  void dueEarly_isTheLikelierTheNearerTheEndAndTheLongerTheLoad() {
    assertThat(due(entry("e", 1, 100), 6_999)).as("30 loads before the end").isZero();
    assertThat(due(entry("e", 1, 100), 9_900)).as("one load: e^-1").isBetween(250L, 500L);
    assertThat(due(entry("e", 1, 10), 9_900)).as("ten loads").isLessThan(10);
    assertThat(due(entry("e", 1, 100), 10_000)).as("at the end").isEqualTo(1_000);
    assertThat(due(entry("e", 1, 0), 9_999)).as("no time to load").isZero();
  }

  @Test
  void mayReplace_olderOfItsHistory_andAnyOfAnother() {
    assertThat(entry("e", 5, 1).mayReplace(entry("e", 5, 1))).isTrue();
    assertThat(entry("e", 5, 1).mayReplace(entry("e", 4, 1))).isTrue();
    assertThat(entry("e", 5, 1).mayReplace(entry("e", 6, 1))).isFalse();
    assertThat(entry("e", 5, 1).mayReplace(entry("other", 6, 1))).isTrue();
  }

  @Test
  void openTag_isSetFromItsSlotOn() {
    assertThat(OpenTag.NONE.isSet()).isFalse();
    assertThat(new OpenTag(0, 1).isSet()).isTrue();
    assertThat(OpenTag.of("a", Duration.ofSeconds(1)).toleranceMillis()).isEqualTo(1_000);
  }
}
