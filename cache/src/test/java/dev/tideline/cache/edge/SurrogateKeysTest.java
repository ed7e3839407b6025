package dev.tideline.cache.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags in headers, whatever a shop calls its brands and categories. */
final class SurrogateKeysTest {

  @ParameterizedTest
  @ValueSource(strings = {" ", ","})
  void join_tagsWithSeparatorsInThem_canBeTakenApart(String separator) {
    List<String> tags =
        List.of(
            "category:A > B",
            "brand:A, B",
            "brand:A",
            "brand:B",
            "brand:A\nB",
            "brand:A%2C%20B",
            "brand:A+B",
            "brand:A B",
            "brand:~",
            "word:電気");
    List<String> keys = List.of(SurrogateKeys.join(tags, separator, "any").split(separator, -1));
    assertThat(keys).hasSize(tags.size()).doesNotHaveDuplicates();
    assertThat(keys).isEqualTo(tags.stream().map(SurrogateKeys::of).toList());
    assertThat(keys).allMatch(key -> key.matches("[\\x21-\\x7e]+"));
  }

  @Test
  void of_longTags_isBounded_andDifferentForEach() {
    List<String> tags = new ArrayList<>();
    for (String last : List.of("a", "b", "電")) {
      tags.add("category:" + "電".repeat(490) + last);
      tags.add("category:" + "x".repeat(SurrogateKeys.KEY_LENGTH_MAX) + last);
    }
    Set<String> keys = tags.stream().map(SurrogateKeys::of).collect(Collectors.toSet());
    assertThat(keys).hasSameSizeAs(tags);
    assertThat(keys).allMatch(key -> key.length() <= SurrogateKeys.KEY_LENGTH_MAX);
  }

  @Test
  void join_moreThanFitsIntoAHeader_namesWhatCoversAllProducts() {
    List<String> tags = IntStream.range(0, 250).mapToObj(i -> "product:電気ケトル" + i).toList();
    assertThat(SurrogateKeys.join(tags, " ", "any")).isEqualTo("catalog any");
    assertThat(SurrogateKeys.join(tags.subList(0, 9), " ", "any").split(" ", -1)).hasSize(9);
  }
}
