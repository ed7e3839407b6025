package dev.tideline.bench.quality;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.imports.FieldMapping;
import dev.tideline.engine.imports.ImportStore;
import dev.tideline.engine.imports.Importer;
import dev.tideline.engine.imports.Importer.Options;
import dev.tideline.engine.imports.Importer.Source;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.recommend.NeighborJob;
import dev.tideline.engine.recommend.RecommendationQuery;
import dev.tideline.engine.recommend.Recommender;
import dev.tideline.engine.search.SearchFeatures;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.route.ReadContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Recommendations against what people bought later: Online Retail up to 31 October 2011 is known,
 * what the same customers bought after that is to be foretold.
 */
final class RecommendationQuality {

  private static final int DEPTH = 20;

  /**
   * What came out.
   *
   * @param known whether what a person had bought before may be recommended, and counts
   * @param coverage how many products were recommended to anybody
   */
  record Figures(
      String variant,
      boolean known,
      @JsonProperty("recall_at_20") double recallAt20,
      @JsonProperty("ndcg_at_20") double ndcgAt20,
      int coverage) {}

  /** A list of products for a person, best first. */
  private interface Variant {
    List<String> recommend(String user, boolean known);
  }

  private RecommendationQuality() {}

  static List<Figures> measure(Path onlineRetail) throws IOException, InterruptedException {
    try (BenchShop shop = new BenchShop()) {
      load(shop, onlineRetail);
      PurchaseStore purchases = new PurchaseStore(shop.database());
      Map<String, Set<String>> later = purchases.takeLater();
      JobStore jobs = new JobStore(shop.database());
      new PopularityJob(jobs).run();
      new NeighborJob(jobs, done -> {}, 0).run();
      Map<String, Set<String>> before = purchases.all();
      later.keySet().retainAll(before.keySet());

      ItemKnn knn = new ItemKnn(before);
      Map<String, Variant> variants = new TreeMap<>();
      variants.put("1 popularity", (user, known) -> knn.popular(user, known, DEPTH));
      variants.put("2 item kNN, cosine", (user, known) -> knn.recommend(user, known, DEPTH));
      variants.put("3 Tideline", tideline(shop, RankingWeights.DEFAULT));
      variants.put(
          "4 Tideline, by the item graph alone", tideline(shop, RankingWeights.TEXT_ALONE));
      List<Figures> figures = new ArrayList<>();
      for (boolean known : new boolean[] {true, false}) {
        variants.forEach((name, variant) -> figures.add(of(name, variant, known, before, later)));
      }
      return figures;
    }
  }

  private static Variant tideline(BenchShop shop, RankingWeights weights) {
    Recommender recommender =
        shop.storefront(
                Language.open(new VocabularyStore(shop.database())), weights, SearchFeatures.ALL)
            .recommender();
    return (user, known) ->
        recommender
            .recommend(
                new RecommendationQuery(user, DEPTH, Optional.empty(), !known, List.of()),
                Reads.uncached(ReadContext.eventual()))
            .stream()
            .map(one -> one.product().id())
            .toList();
  }

  private static void load(BenchShop shop, Path file) throws IOException {
    Path rejects = Files.createTempFile("rejects", ".csv");
    Options options =
        new Options(Source.ONLINE_RETAIL, FieldMapping.NONE, ZoneOffset.UTC, false, rejects);
    Importer importer = new Importer(new ImportStore(shop.database()), Clock.systemUTC());
    importer.products(List.of(file), options, bytes -> {});
    importer.events(List.of(file), options, bytes -> {});
    Files.delete(rejects);
  }

  private static Figures of(
      String name,
      Variant variant,
      boolean known,
      Map<String, Set<String>> before,
      Map<String, Set<String>> later) {
    double recall = 0;
    double ndcg = 0;
    int users = 0;
    Set<String> recommended = new HashSet<>();
    for (Map.Entry<String, Set<String>> user : later.entrySet()) {
      Set<String> wanted = new HashSet<>(user.getValue());
      if (!known) {
        wanted.removeAll(before.getOrDefault(user.getKey(), Set.of()));
      }
      if (wanted.isEmpty()) {
        continue;
      }
      List<String> list = variant.recommend(user.getKey(), known);
      recommended.addAll(list);
      recall += RankingMeasures.recall(list, wanted, DEPTH);
      Map<String, Double> gains =
          wanted.stream().collect(Collectors.toMap(Function.identity(), id -> 1.0));
      ndcg += RankingMeasures.ndcg(list, gains, DEPTH);
      users++;
    }
    return new Figures(name.substring(2), known, recall / users, ndcg / users, recommended.size());
  }
}
