package dev.tideline.engine.search;

import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.catalog.CatalogCache;
import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.features.Feature;
import dev.tideline.engine.ranking.Ranker;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.SearchResult.Hit;
import dev.tideline.engine.search.SearchStore.Described;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks up the products of one page, and shows them with their scores. */
final class HitList {

  /** A candidate with its score, and where its features stand. */
  record Scored(String id, double score, Map<Feature, double[]> columns, int place) {}

  private final SearchStore store;
  private final CatalogCache products;
  private final RankingWeights weights;
  private final Reads reads;

  HitList(SearchStore store, CatalogCache products, RankingWeights weights, Reads reads) {
    this.store = store;
    this.products = products;
    this.weights = weights;
    this.reads = reads;
  }

  /** Those that are still there, in the same order. */
  List<Hit> of(List<Scored> wanted) {
    Map<String, ProductSummary> found =
        wanted.isEmpty() ? Map.of() : products.summaries(ids(wanted), reads);
    List<Hit> hits = new ArrayList<>();
    for (Scored one : wanted) {
      ProductSummary product = found.get(one.id());
      if (product != null) { // else it was deleted between the two reads
        hits.add(hit(one, product, Map.of()));
      }
    }
    return hits;
  }

  /** The same, with what was found marked. */
  List<Hit> of(List<Scored> wanted, Highlighter highlighter) {
    Map<String, Described> products =
        wanted.isEmpty() ? Map.of() : store.described(ids(wanted), reads.sql());
    List<Hit> hits = new ArrayList<>();
    for (Scored one : wanted) {
      Described described = products.get(one.id());
      if (described != null) {
        Map<String, String> marked = new LinkedHashMap<>();
        highlighter.mark(described.product().title()).ifPresent(html -> marked.put("title", html));
        highlighter
            .snippet(described.description())
            .ifPresent(html -> marked.put("description", html));
        hits.add(hit(one, described.product(), marked));
      }
    }
    return hits;
  }

  private Hit hit(Scored one, ProductSummary product, Map<String, String> highlights) {
    return new Hit(
        product, one.score(), Ranker.explain(one.columns(), one.place(), weights), highlights);
  }

  private static List<String> ids(List<Scored> wanted) {
    return wanted.stream().map(Scored::id).toList();
  }
}
