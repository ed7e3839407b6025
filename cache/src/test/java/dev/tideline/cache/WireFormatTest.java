package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WireFormatTest {

  private static final Entry.Name NAME = new Entry.Name("test", "k");

  private final WireFormat<String> format = new WireFormat<>(new Texts());

  private static Entry<String> entry(String value) {
    return new Entry<>(
        NAME,
        value,
        new Stamp("one", 0x16_B374_D848L),
        List.of("catalog", "word:café > x", "category:A\nB"),
        new Entry.Times(1, 2, 3, 4),
        0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8 << 10, (8 << 10) + 1, 300_000})
  void writtenAndRead_isTheSame(int length) {
    byte[] bytes = format.write(entry("ü".repeat(length)));
    Entry<String> read = format.read(NAME, "one", ByteBuffer.wrap(bytes));
    assertThat(read.value()).isEqualTo("ü".repeat(length));
    assertThat(read.stamp()).isEqualTo(new Stamp("one", 0x16_B374_D848L));
    assertThat(read.tags()).containsExactly("catalog", "word:café > x", "category:A\nB");
    assertThat(read.times()).isEqualTo(new Entry.Times(1, 2, 3, 4));
    assertThat(bytes.length).isLessThan(20_000);
  }

  @Test
  void absence_isWrittenToo() {
    byte[] bytes = format.write(entry(null));
    assertThat(format.read(NAME, "one", ByteBuffer.wrap(bytes)).value()).isNull();
  }

  @Test
  void entryOfAnotherName_isRefused() {
    byte[] bytes = format.write(entry("v"));
    for (Entry.Name other : List.of(new Entry.Name("test", "l"), new Entry.Name("other", "k"))) {
      assertThatThrownBy(() -> format.read(other, "one", ByteBuffer.wrap(bytes)))
          .hasMessageContaining("another name");
    }
    assertThatThrownBy(() -> format.read(NAME, "two", ByteBuffer.wrap(bytes)))
        .hasMessageContaining("another name");
  }

  @Test
  void damagedAnywhere_isRefused() {
    byte[] good = format.write(entry("ü".repeat(20)));
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertThatThrownBy(() -> format.read(NAME, "one", ByteBuffer.wrap(bad)))
          .as("byte %d", i)
          .isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void longerThanAnyEntry_isRefused() {
    byte[] long1 = new byte[RedisTier.VALUE_BYTES_MAX + 1];
    assertThatThrownBy(() -> format.read(NAME, "one", ByteBuffer.wrap(long1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void times_areBoundedByTheReadersSettings() {
    CacheSettings settings = CacheSettings.of("test", Duration.ofMinutes(1), 1);
    Entry.Times eternal = new Entry.Times(1_000, -5, Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(eternal.within(settings, 2_000))
        .isEqualTo(new Entry.Times(1_000, 0, 61_000, 361_000));
    Entry.Times shorter = new Entry.Times(1_000, 7, 2_000, 3_000);
    assertThat(shorter.within(settings, 2_000)).isEqualTo(shorter);
    assertThatThrownBy(() -> new Entry.Times(90_000, 1, 91_000, 92_000).within(settings, 2_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nonsense_isRefused_andHasNoOtherEffect() {
    Random random = new Random(7);
    byte[] good = format.write(entry("ü".repeat(9_000)));
    for (int i = 0; i < 2_000; i++) {
      byte[] bad = new byte[random.nextInt(200)];
      random.nextBytes(bad);
      assertThatThrownBy(() -> format.read(NAME, "one", ByteBuffer.wrap(bad)))
          .isInstanceOf(RuntimeException.class);
      byte[] cut = java.util.Arrays.copyOf(good, random.nextInt(good.length));
      assertThatThrownBy(() -> format.read(NAME, "one", ByteBuffer.wrap(cut)))
          .isInstanceOf(RuntimeException.class);
    }
  }
}
