package dev.tideline.bench.quality;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.imports.FieldMapping;
import dev.tideline.engine.imports.ImportStore;
import dev.tideline.engine.imports.Importer;
import dev.tideline.engine.imports.Importer.Options;
import dev.tideline.engine.imports.Importer.Source;
import dev.tideline.engine.index.IndexStore;
import dev.tideline.engine.index.IndexView;
import dev.tideline.engine.index.IndexedProduct;
import dev.tideline.engine.index.ProductIndex;
import dev.tideline.engine.index.SearchableIndex;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.ProductSearch;
import dev.tideline.engine.search.SearchFeatures;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.search.lucene.LuceneEngine;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.Synonyms;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.token.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.lucene.store.ByteBuffersDirectory;

/** The search, and what is left of it without each of its parts, against people's judgments. */
final class SearchQuality {

  private static final int NDCG_DEPTH = 10;
  private static final int RECALL_DEPTH = 100;
  private static final int PAGE = 1_000;

  /** What came out for one variant. */
  record Figures(
      String variant,
      @JsonProperty("ndcg_at_10") double ndcgAt10,
      @JsonProperty("recall_at_100") double recallAt100,
      double zeroResultRate) {}

  private SearchQuality() {}

  static List<Figures> measure(Path esci) throws IOException, InterruptedException {
    EsciJudgments judgments = EsciJudgments.read(esci);
    try (BenchShop shop = new BenchShop()) {
      Path rejects = Files.createTempFile("rejects", ".csv");
      new Importer(new ImportStore(shop.database()), Clock.systemUTC())
          .products(
              List.of(esci.resolve("products.csv.gz")),
              new Options(Source.ESCI, FieldMapping.NONE, ZoneOffset.UTC, false, rejects),
              bytes -> {});
      Files.delete(rejects);
      VocabularyStore vocabulary = new VocabularyStore(shop.database());
      vocabulary.rebuild();
      List<Figures> figures = new ArrayList<>();
      try (ProductIndex index = index(shop);
          Language language = Language.open(vocabulary)) {
        figures.add(
            of(
                "Lucene",
                shop.storefront(
                        language,
                        RankingWeights.TEXT_ALONE,
                        others -> new LuceneEngine(alone(index), others))
                    .search(),
                judgments));
      }
      try (Language language = Language.open(vocabulary)) {
        variants()
            .forEach((name, features) ->
                figures.add(
                    of(
                        name,
                        shop.storefront(language, RankingWeights.TEXT_ALONE, features).search(),
                        judgments)));
      }
      return figures;
    }
  }

  /** An index that nothing is written to. */
  private static SearchableIndex alone(ProductIndex index) {
    return new SearchableIndex() {
      @Override
      public <R> Optional<R> read(List<Position> wanted, Function<IndexView, R> work) {
        return index.read(work);
      }

      @Override
      public List<Synonyms.Rule> synonyms() {
        return List.of();
      }
    };
  }

  private static ProductIndex index(BenchShop shop) throws IOException {
    ProductIndex index = ProductIndex.create(new ByteBuffersDirectory());
    IndexStore store = new IndexStore(shop.database());
    List<IndexedProduct> page;
    String after = "";
    do {
      page = store.page(after, PAGE, ReadContext.strong());
      index.put(page);
      after = page.isEmpty() ? after : page.getLast().product().id();
    } while (!page.isEmpty());
    index.publish(Position.UNKNOWN);
    return index;
  }

  private static Map<String, SearchFeatures> variants() {
    Map<String, SearchFeatures> variants = new LinkedHashMap<>();
    variants.put("PostgreSQL, all of it", SearchFeatures.ALL);
    variants.put("without corrections", new SearchFeatures(false, true, true, true, true));
    variants.put("without adjacency", new SearchFeatures(true, true, false, true, true));
    variants.put("without rarity", new SearchFeatures(true, true, true, false, true));
    variants.put("without title lengths", new SearchFeatures(true, true, true, true, false));
    variants.put("without any of these", new SearchFeatures(false, false, false, false, false));
    return variants;
  }

  private static Figures of(String name, ProductSearch search, EsciJudgments judgments) {
    double ndcg = 0;
    double recall = 0;
    int empty = 0;
    for (Map.Entry<String, String> query : judgments.queries().entrySet()) {
      Map<String, Double> gains = judgments.gains().getOrDefault(query.getKey(), Map.of());
      List<String> ranked =
          search
              .search(
                  SearchQuery.of(query.getValue()).with(new SearchQuery.Page(RECALL_DEPTH, 0)),
                  Shopper.UNKNOWN,
                  Reads.uncached(ReadContext.eventual()))
              .hits()
              .stream()
              .map(hit -> hit.product().id())
              .toList();
      List<String> relevant =
          gains.entrySet().stream()
              .filter(gain -> gain.getValue() >= EsciJudgments.SUBSTITUTE)
              .map(Map.Entry::getKey)
              .toList();
      ndcg += RankingMeasures.ndcg(ranked, gains, NDCG_DEPTH);
      recall += RankingMeasures.recall(ranked, relevant, RECALL_DEPTH);
      empty += ranked.isEmpty() ? 1 : 0;
    }
    int queries = judgments.queries().size();
    return new Figures(name, ndcg / queries, recall / queries, (double) empty / queries);
  }
}
