package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The law that all caches stand on: different requests never share a key, equal ones always do. The
 * generators of jqwik run under JUnit's own engine.
 */
final class CacheKeyTest {

  private static final int TRIES = 20_000;

  /** What separates values in texts that are joined without care, and what keys themselves use. */
  private static final List<String> PIECES =
      List.of(
          "A",
          "B",
          ", ",
          ",",
          "\n",
          " ",
          "|",
          "=",
          ":",
          "[",
          "]",
          "-",
          "1",
          "2",
          "1:A",
          "{",
          "}",
          "~sha256-",
          "\uD83D",
          "\uDED2",
          "%2C",
          "");

  /** A request: texts in order, values in any order, a text that may be missing. */
  private record Request(
      List<String> texts, List<String> values, Map<String, List<String>> named, List<String> last) {

    String key() {
      CacheKey key = CacheKey.builder().inOrder("texts", texts).anyOrder("values", values);
      named.forEach(key::anyOrder);
      return key.text("last", last.isEmpty() ? null : last.getFirst()).build();
    }

    /** The same in the form in which equal requests are equal. */
    List<Object> meaning() {
      Map<String, Set<String>> sets = new HashMap<>();
      named.forEach((name, list) -> sets.put(name, Set.copyOf(list)));
      return List.of(texts, Set.copyOf(values), sets, last);
    }

    Request shuffled(Random random) {
      List<String> others = new ArrayList<>(values);
      values.stream().limit(2).forEach(others::add);
      Collections.shuffle(others, random);
      return new Request(texts, others, named, last);
    }
  }

  private static Arbitrary<String> text() {
    return Arbitraries.of(PIECES).list().ofMaxSize(4).map(pieces -> String.join("", pieces));
  }

  private static Arbitrary<Request> requests() {
    Arbitrary<List<String>> few = text().list().ofMaxSize(3);
    return Combinators.combine(
            few,
            few,
            Arbitraries.maps(text(), few).ofMaxSize(2).map(java.util.TreeMap::new),
            text().list().ofMaxSize(1))
        .as(Request::new);
  }

  @Test
  void differentRequests_neverShareAKey_equalOnesInAnotherOrderDo() {
    long seed = Long.getLong("tideline.test.seed", new Random().nextLong());
    JqwikSession.run(() -> {
      RandomGenerator<Request> generator = requests().generator(TRIES, true);
      Random random = new Random(seed);
      Map<String, List<Object>> meanings = new HashMap<>();
      for (int i = 0; i < TRIES; i++) {
        Request request = generator.next(random).value();
        String key = request.key();
        assertThat(key.length()).isLessThanOrEqualTo(CacheKey.LENGTH_MAX);
        assertThat(request.shuffled(random).key()).as("seed %d", seed).isEqualTo(key);
        List<Object> other = meanings.putIfAbsent(key, request.meaning());
        assertThat(other == null ? request.meaning() : other)
            .as("seed %d, key %s", seed, key)
            .isEqualTo(request.meaning());
      }
      // the law says nothing if hardly any request came twice, or if all were the same
      assertThat(meanings.size()).isBetween(TRIES / 10, TRIES - 10);
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 150, CacheKey.LENGTH_MAX, 10_000})
  void textsThatDifferInTheLastCharacter_haveDifferentKeysOfBoundedLength(int length) {
    Set<String> keys = new TreeSet<>();
    for (String last : List.of("a", "b", "\uD83D", "\uDED2", "?", "\uFFFD")) {
      keys.add(CacheKey.bounded("x".repeat(length) + last));
    }
    assertThat(keys)
        .hasSize(6)
        .allMatch(key -> key.length() <= CacheKey.LENGTH_MAX)
        .allMatch(key -> length > CacheKey.LENGTH_MAX - 100 || key.startsWith("x".repeat(length)));
    assertThat(CacheKey.bounded("x".repeat(length))).startsWith("x".repeat(Math.min(length, 200)));
  }

  @Test
  void digestOfALongKey_askedForAsAKeyOfItsOwn_isAnother() {
    String longer = CacheKey.bounded("x".repeat(1_000));
    assertThat(CacheKey.bounded(longer)).isNotEqualTo(longer);
  }

  @Test
  void decimals_ofOneValue_areTheSame() {
    assertThat(decimal("10.0")).isEqualTo(decimal("10")).isEqualTo(decimal("1e1"));
    assertThat(decimal("0.00")).isEqualTo(decimal("0"));
    assertThat(decimal("1")).isNotEqualTo(decimal("10"));
    assertThat(decimal("1e999999999").length()).isLessThan(CacheKey.LENGTH_MAX);
    assertThat(CacheKey.builder().decimal("p", null).build()).isNotEqualTo(decimal("0"));
  }

  private static String decimal(String value) {
    return CacheKey.builder().decimal("p", new BigDecimal(value)).build();
  }

  @Test
  void parameters_ofDifferentTypes_areNotTheSame() {
    List<Object> all =
        Arrays.asList(
            null,
            "",
            "null",
            "1",
            1,
            1.5,
            true,
            "true",
            new String[] {"A, B"},
            new String[] {"A", "B"},
            new String[] {},
            "[A, B]",
            new String[] {"1"},
            new Object[] {new String[] {"A"}, "B"});
    Set<String> keys = new TreeSet<>();
    all.forEach(one -> keys.add(CacheKey.builder().parameter("p", one).build()));
    assertThat(keys).hasSize(all.size());
    assertThat(CacheKey.builder().parameter("p", new BigDecimal("10.0")).build())
        .isEqualTo(CacheKey.builder().parameter("p", new BigDecimal("10")).build());
  }
}
