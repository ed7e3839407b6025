package dev.tideline.engine.search;

import dev.tideline.cache.CacheKey;
import dev.tideline.cache.Loaded;
import dev.tideline.cache.Stamp;
import dev.tideline.cache.TieredCache;
import dev.tideline.engine.caching.JsonCodec;
import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.search.SearchStore.Found;
import dev.tideline.engine.words.Vocabulary;
import dev.tideline.routing.route.ReadContext;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * Candidates as they were found lately, for all shoppers alike. The key is the plan, so whatever a
 * new vocabulary or new synonyms make of a query is another entry; what they make of a word's
 * rarity waits for the entry to end. Thread-safe.
 */
final class SearchCache {

  private static final JsonCodec<Map<String, List<Facet.Count>>> FACETS =
      JsonCodec.of(new TypeReference<>() {});

  private final SearchStore store;
  private final TieredCache<Staged> named;
  private final TieredCache<Staged> open;
  private final QueryCache results;

  SearchCache(SearchStore store, ShopCaches caches, QueryCache results) {
    this.store = store;
    this.named = caches.cache(ShopCache.SEARCH, JsonCodec.of(Staged.class));
    this.open = caches.cache(ShopCache.SEARCH_PREFIX, JsonCodec.of(Staged.class));
    this.results = results;
  }

  /**
   * Candidates as they are kept.
   *
   * @param stages as {@link Found} has them
   */
  record Staged(Candidates candidates, List<Long> stages) {

    private static Staged of(Found found) {
      return new Staged(found.candidates(), found.stages());
    }

    private Staged with(Map<String, List<Facet.Count>> facets) {
      return new Staged(candidates.with(facets), stages);
    }
  }

  /**
   * Which candidates are wanted.
   *
   * @param from how many are passed over
   * @param count how many at most
   */
  record Wanted(
      QueryPlan plan,
      SearchQuery query,
      Vocabulary vocabulary,
      double averageTitle,
      int from,
      int count) {

    private Found find(SearchStore store, ReadContext reads) {
      return store.candidates(plan, query, averageTitle, from, count, reads);
    }

    private Set<String> tags(Found found) {
      return new SearchTags(plan, query, vocabulary, found.lexemes()).of(found.stages().getFirst());
    }

    private Wanted withoutFacets() {
      return new Wanted(plan, query.with(List.of()), vocabulary, averageTitle, from, count);
    }

    /** Facets in one order, however they were asked for. */
    private Wanted withSortedFacets() {
      List<Facet> sorted =
          query.facets().stream().sorted(Comparator.comparing(Facet::name)).distinct().toList();
      return new Wanted(plan, query.with(sorted), vocabulary, averageTitle, from, count);
    }

    /** The same in one form for all that ask the same; people recognize it by its beginning. */
    String key() {
      CacheKey key = CacheKey.builder().text("title", query.exactTitle());
      plan.addTo(key);
      return query
          .filters()
          .addTo(key)
          .text("sort", query.sort().name())
          .number("from", from)
          .number("count", count)
          .build();
    }
  }

  /**
   * Candidates and, if they are asked for, facets. Both come of one statement where neither is
   * kept; facets are kept apart, for they are the same on every page and in every order.
   */
  Staged candidates(Wanted asked, Reads reads) {
    if (asked.query().facets().isEmpty()) {
      return candidatesAlone(asked, reads);
    }
    Wanted wanted = asked.withSortedFacets();
    AtomicReference<@Nullable Found> beside = new AtomicReference<>();
    Map<String, List<Facet.Count>> facets =
        results.read(
            store.facets(wanted.plan(), wanted.query()),
            FACETS,
            reads,
            sql -> {
              Found found = wanted.find(store, sql);
              beside.set(found);
              keep(wanted, found, Reads.stampOf(sql));
              return Loaded.of(found.candidates().facets(), wanted.tags(found));
            });
    Found found = beside.get();
    Staged candidates = found == null ? candidatesAlone(wanted, reads) : Staged.of(found);
    return candidates.with(inOrder(facets, asked.query().facets()));
  }

  private static Map<String, List<Facet.Count>> inOrder(
      Map<String, List<Facet.Count>> counted, List<Facet> facets) {
    Map<String, List<Facet.Count>> ordered = new LinkedHashMap<>();
    facets.forEach(
        facet -> ordered.put(facet.name(), counted.getOrDefault(facet.name(), List.of())));
    return ordered;
  }

  /** The next who asks finds the candidates without facets too. */
  private void keep(Wanted wanted, Found found, Stamp stamp) {
    Wanted plain = wanted.withoutFacets();
    cache(plain)
        .put(plain.key(), new Loaded<>(Staged.of(found).with(Map.of()), stamp, wanted.tags(found)));
  }

  private TieredCache<Staged> cache(Wanted wanted) {
    return wanted.query().prefix() ? open : named;
  }

  private Staged candidatesAlone(Wanted wanted, Reads reads) {
    Wanted plain = wanted.withoutFacets();
    return cache(plain)
        .get(
            plain.key(),
            reads.cache(),
            reads.loader(sql -> {
              Found found = plain.find(store, sql);
              return Loaded.of(Staged.of(found), plain.tags(found));
            }))
        .find()
        .orElseThrow();
  }
}
