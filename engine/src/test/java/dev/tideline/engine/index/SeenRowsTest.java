package dev.tideline.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SeenRowsTest {

  @Test
  void with_joinsNeighbours() {
    assertThat(SeenRows.NONE.with(List.of(3L, 1L, 2L, 7L, 6L, 3L))).hasToString("{[1,4),[6,8)}");
  }

  @Test
  void with_idBetweenTwoRanges_joinsThem() {
    assertThat(SeenRows.parse("{[1,3),[4,6)}").with(List.of(3L))).hasToString("{[1,6)}");
  }

  @Test
  void parse_isWhatIsWritten() {
    assertThat(SeenRows.parse("{}")).hasToString("{}");
    assertThat(SeenRows.parse("{[1,3),[5,9)}")).hasToString("{[1,3),[5,9)}");
  }

  @Test
  void with_tooManyRanges_forgetsAll() {
    List<Long> even =
        LongStream.rangeClosed(0, SeenRows.RANGES_MAX).map(i -> 2 * i).boxed().toList();
    assertThat(SeenRows.NONE.with(even)).hasToString("{}");
  }

  @Test
  void with_anyOrder_hasExactlyTheIds() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      Set<Long> ids = new TreeSet<>();
      SeenRows seen = SeenRows.NONE;
      for (int i = 0; i < 20; i++) {
        List<Long> some = new ArrayList<>();
        for (int j = random.nextInt(4); j >= 0; j--) {
          some.add((long) random.nextInt(60));
        }
        ids.addAll(some);
        seen = seen.with(some);
      }
      assertThat(seen).hasToString(ranges(ids));
    }
  }

  private static String ranges(Set<Long> ids) {
    List<String> ranges = new ArrayList<>();
    long start = -1;
    long end = -1;
    for (long id : ids) {
      if (id != end) {
        if (start >= 0) {
          ranges.add("[" + start + "," + end + ")");
        }
        start = id;
      }
      end = id + 1;
    }
    ranges.add("[" + start + "," + end + ")");
    return "{" + String.join(",", ranges) + "}";
  }
}
