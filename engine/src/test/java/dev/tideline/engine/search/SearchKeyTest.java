package dev.tideline.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.cache.CacheKey;
import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Page;
import dev.tideline.engine.search.SearchQuery.Sort;
import dev.tideline.engine.words.Synonyms;
import dev.tideline.engine.words.Vocabulary;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Searches that differ share nothing that is kept by a key; searches that are the same in another
 * order or form share everything.
 */
final class SearchKeyTest {

  private static final int TRIES = 3_000;

  private static final Vocabulary WORDS = new Vocabulary(1, 1_000, 8, List.of());

  /** What separates values where they are joined without care. */
  private static final List<String> PIECES =
      List.of("A", "B", ", ", "]", "[", "=", "|", "{", "}", "1", "-", "brand", ":");

  /** A search before it is put into one form. */
  private record Asked(
      String text,
      List<String> categories,
      List<String> brands,
      List<String> prices,
      Optional<Boolean> inStock,
      Map<String, List<String>> attributes,
      Sort sort,
      boolean prefix) {

    SearchQuery query(Function<String, BigDecimal> price) {
      Filters filters =
          new Filters(
              categories,
              brands,
              prices.isEmpty() ? null : price.apply(prices.getFirst()),
              prices.size() < 2 ? null : price.apply(prices.get(1)),
              null,
              inStock.orElse(null),
              attributes);
      return new SearchQuery(text, Page.FIRST, filters, sort, List.of(), prefix, false);
    }

    SearchQuery query() {
      return query(BigDecimal::new);
    }

    /** The same, asked in another order, some of it twice, and with prices in another form. */
    SearchQuery otherwise(Random random) {
      Map<String, List<String>> others = new LinkedHashMap<>();
      List<String> names = new ArrayList<>(attributes.keySet());
      Collections.shuffle(names, random);
      names.forEach(
          name -> others.put(name, shuffled(attributes.getOrDefault(name, List.of()), random)));
      return new Asked(
              text,
              shuffled(categories, random),
              shuffled(brands, random),
              prices,
              inStock,
              others,
              sort,
              prefix)
          .query(price -> new BigDecimal(price + ".00"));
    }

    private static List<String> shuffled(List<String> values, Random random) {
      List<String> others = new ArrayList<>(values);
      values.stream().limit(1).forEach(others::add);
      Collections.shuffle(others, random);
      return others;
    }

    List<Object> meaning() {
      Map<String, Set<String>> sets = new HashMap<>();
      attributes.forEach((name, values) -> sets.put(name, Set.copyOf(values)));
      return List.of(
          text, Set.copyOf(categories), Set.copyOf(brands), prices, inStock, sets, sort, prefix);
    }
  }

  private static Arbitrary<Asked> searches() {
    Arbitrary<String> name =
        Arbitraries.of(PIECES).list().ofMinSize(1).ofMaxSize(3).map(all -> String.join("", all));
    Arbitrary<List<String>> names =
        Arbitraries.oneOf(Arbitraries.just(List.of()), name.list().ofMaxSize(3));
    return Combinators.combine(
            Arbitraries.of("lamp", "lamp A", "lamp -A", "\"lamp A\"", "A lamp"),
            names,
            names,
            Arbitraries.<List<String>>of(
                List.of(), List.of("1"), List.of("1", "11"), List.of("11", "110")),
            Arbitraries.of(true, false).optional(),
            Arbitraries.maps(name, name.list().ofMinSize(1).ofMaxSize(2)).ofMaxSize(2),
            Arbitraries.of(Sort.class),
            Arbitraries.of(true, false))
        .as(Asked::new);
  }

  /** What is kept by a key. */
  enum Kept {
    CANDIDATES {
      @Override
      String key(SearchQuery query) {
        String key = new SearchCache.Wanted(plan(query), query, WORDS, 8, 0, 200).key();
        assertThat(key.length()).isLessThanOrEqualTo(CacheKey.LENGTH_MAX);
        return key + query.prefix(); // which have a cache of their own
      }
    },
    STATEMENT {
      @Override
      String key(SearchQuery query) {
        SearchStoreStatement statement = new SearchStoreStatement(plan(query), query, 8);
        String sql = statement.text(0, 200);
        return QueryCache.Statement.of("x", sql, statement.parameters()).key() + query.prefix();
      }
    },
    CURSOR {
      @Override
      String key(SearchQuery query) {
        SearchResult result =
            new SearchResult("", Optional.empty(), Optional.empty(), 99, List.of(), Map.of());
        String cursor = Cursor.next(query, result).orElseThrow();
        assertThat(Cursor.offset(cursor, query)).isEqualTo(10);
        return cursor;
      }
    };

    abstract String key(SearchQuery query);

    static QueryPlan plan(SearchQuery query) {
      return new QueryPlanner(WORDS, Synonyms.NONE, SearchFeatures.ALL)
          .plan(ParsedQuery.parse(query.text()), query.prefix());
    }
  }

  @ParameterizedTest
  @EnumSource(Kept.class)
  void differentSearches_neverShareAKey_equalOnesDo(Kept kept) {
    long seed = Long.getLong("tideline.test.seed", new Random().nextLong());
    JqwikSession.run(() -> {
      RandomGenerator<Asked> generator = searches().generator(TRIES, true);
      Random random = new Random(seed);
      Map<String, List<Object>> meanings = new HashMap<>();
      for (int i = 0; i < TRIES; i++) {
        Asked asked = generator.next(random).value();
        String key = kept.key(asked.query());
        assertThat(kept.key(asked.otherwise(random))).as("seed %d", seed).isEqualTo(key);
        List<Object> other = meanings.putIfAbsent(key, asked.meaning());
        assertThat(other == null ? asked.meaning() : other)
            .as("seed %d, key %s", seed, key)
            .isEqualTo(asked.meaning());
      }
      assertThat(meanings.size()).isGreaterThan(TRIES / 2);
    });
  }
}
