package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
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
        List.of("catalog", "word:café > x"),
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
    assertThat(read.tags()).containsExactly("catalog", "word:café > x");
    assertThat(read.times()).isEqualTo(new Entry.Times(1, 2, 3, 4));
    assertThat(bytes.length).isLessThan(20_000);
  }

  @Test
  void absence_isWrittenToo() {
    byte[] bytes = format.write(entry(null));
    assertThat(format.read(NAME, "one", ByteBuffer.wrap(bytes)).value()).isNull();
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
