package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Entries in process, and what they take. */
final class LocalTierTest {

  private static final int BYTES_MAX = 8_000;

  private final AtomicLong now = new AtomicLong();
  private final LocalTier<String> tier = new LocalTier<>(BYTES_MAX, now::get);

  private static Entry<String> entry(String key, long position, int bytes, String... tags) {
    return new Entry<>(
        new Entry.Name("cache", key),
        "v" + position,
        new Stamp("e", position),
        List.of(tags),
        new Entry.Times(0, 10, 1_000, 2_000),
        bytes);
  }

  @Test
  void weight_isThatOfKeyValueAndTags() {
    int empty = LocalTier.weight("", entry("", 1, 0));
    assertThat(empty).isEqualTo(160);
    assertThat(LocalTier.weight("four", entry("four", 1, 0))).isEqualTo(empty + 8);
    assertThat(LocalTier.weight("", entry("", 1, 100))).isEqualTo(empty + 100);
    assertThat(LocalTier.weight("", entry("", 1, 0, "a", "b"))).isEqualTo(empty + 48);
  }

  @Test
  void put_newerReplacesOlder_butNotTheOtherWay() {
    Entry<String> older = entry("k", 5, 10);
    Entry<String> newer = entry("k", 6, 10);
    tier.put(newer);
    tier.put(older);
    assertThat(tier.find("k")).isSameAs(newer);
    Entry<String> same = entry("k", 6, 10);
    tier.put(same);
    assertThat(tier.find("k")).as("of the same place").isSameAs(same);
    assertThat(tier.size()).isEqualTo(1);
    assertThat(tier.bytes()).isEqualTo(LocalTier.weight("k", same));
  }

  @Test
  void put_anEighthOfTheTier_isKept_moreIsNot() {
    tier.put(entry("fits", 1, BYTES_MAX / 8));
    tier.put(entry("large", 1, BYTES_MAX / 8 + 1));
    assertThat(tier.find("fits")).isNotNull();
    assertThat(tier.find("large")).isNull();
  }

  @Test
  void put_more_thanThereIsRoomFor_evicts() {
    for (int i = 0; i < 100; i++) {
      tier.put(entry("k" + i, 1, 500));
    }
    assertThat(tier.bytes()).isBetween(1L, (long) BYTES_MAX);
    assertThat(tier.evictions()).isPositive();
    tier.clear();
    assertThat(tier.bytes()).isZero();
    assertThat(tier.size()).isZero();
  }

  @Test
  void remove_leavesAnotherEntryOfTheKey() {
    Entry<String> first = entry("k", 5, 10);
    Entry<String> second = entry("k", 6, 10);
    tier.put(first);
    tier.put(second);
    tier.remove("k", first);
    assertThat(tier.find("k")).isSameAs(second);
    tier.remove("k", second);
    assertThat(tier.find("k")).isNull();
  }

  @Test
  void put_pastItsTime_isGoneAtOnce() {
    now.set(2_000);
    tier.put(entry("k", 5, 10));
    assertThat(tier.find("k")).isNull();
  }
}
