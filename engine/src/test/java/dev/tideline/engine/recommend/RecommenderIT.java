package dev.tideline.engine.recommend;

import static dev.tideline.engine.ShopFixture.reads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.TestShop;
import dev.tideline.engine.events.EventType;
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.sql.StatementKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RecommenderIT {

  private static ShopFixture fixture;
  private static TestShop shop;
  private static Language language;
  private static Recommender recommender;

  @BeforeAll
  static void start() throws Exception {
    fixture = new ShopFixture();
    shop = new TestShop(fixture);
    language = Language.open(new VocabularyStore(fixture.database()));
    recommender = fixture.storefront(language, RankingWeights.DEFAULT).recommender();
  }

  @AfterAll
  static void stop() {
    language.close();
    fixture.close();
  }

  @BeforeEach
  void empty() {
    shop.empty();
  }

  private static void runJobs() {
    JobStore jobs = new JobStore(fixture.database());
    new PopularityJob(jobs).run();
    new NeighborJob(jobs, done -> {}, 0).run();
  }

  private static void bought(String user, String... products) {
    for (String product : products) {
      shop.event(user, product, EventType.PURCHASE, Duration.ofHours(3));
    }
  }

  private static List<String> ids(List<Recommendation> recommendations) {
    return recommendations.stream().map(one -> one.product().id()).toList();
  }

  private static List<Recommendation> recommend(RecommendationQuery query) {
    return recommender.recommend(query, reads());
  }

  private static void teaAndTools() {
    for (String id : List.of("tea", "pot", "cup", "hammer", "nails")) {
      shop.product(id, id.length() > 3 ? "Tools" : "Kitchen", null);
    }
    bought("a", "tea", "pot", "cup");
    bought("b", "tea", "pot");
    bought("c", "hammer", "nails");
    bought("d", "hammer", "nails");
    bought("e", "tea");
  }

  @Test
  void recommend_history_leadsToWhatOthersHadWithIt() {
    teaAndTools();
    runJobs();
    List<Recommendation> found = recommend(RecommendationQuery.of("e", 3));
    assertThat(ids(found).subList(0, 2)).containsExactlyInAnyOrder("pot", "cup");
    assertThat(found.getFirst().reason()).isEqualTo("because you viewed Product tea");
  }

  @Test
  void recommend_stranger_getsWhatIsPopular() {
    teaAndTools();
    runJobs();
    List<Recommendation> found = recommend(RecommendationQuery.of("stranger", 5));
    assertThat(ids(found)).startsWith("tea").hasSize(5).doesNotHaveDuplicates();
    assertThat(found.getFirst().reason()).isEqualTo("popular");
  }

  @Test
  void recommend_clickInTheSession_changesTheNextAnswer() {
    teaAndTools();
    runJobs();
    RecommendationQuery clicked =
        new RecommendationQuery("stranger", 2, Optional.empty(), false, List.of("hammer"));
    assertThat(ids(recommend(clicked))).startsWith("nails");
    assertThat(recommend(clicked).getFirst().reason())
        .isEqualTo("because you viewed Product hammer");
  }

  @Test
  void recommend_eventSinceTheLastJob_counts() {
    teaAndTools();
    runJobs();
    bought("late", "nails");
    assertThat(ids(recommend(RecommendationQuery.of("late", 1)))).containsExactly("hammer");
  }

  @Test
  void recommend_excludeSeen_leavesOutWhatIsKnown() {
    teaAndTools();
    runJobs();
    RecommendationQuery unseen =
        new RecommendationQuery("a", 10, Optional.empty(), true, List.of("hammer"));
    assertThat(ids(recommend(unseen))).containsExactly("nails");
  }

  @Test
  void recommend_category_isKept() {
    teaAndTools();
    runJobs();
    RecommendationQuery tools =
        new RecommendationQuery("e", 10, Optional.of("Tools"), false, List.of());
    assertThat(ids(recommend(tools))).containsExactlyInAnyOrder("hammer", "nails");
  }

  @Test
  void recommend_preferences_comeBeforeWhatIsPopularWithAll() {
    teaAndTools();
    runJobs();
    fixture.execute(
        """
        INSERT INTO users (id) VALUES ('keen');
        INSERT INTO user_preferences VALUES ('keen', '{"categories": ["Tools"], "brands": []}')\
        """);
    List<Recommendation> found = recommend(RecommendationQuery.of("keen", 5));
    assertThat(ids(found).subList(0, 2)).containsExactlyInAnyOrder("hammer", "nails");
    assertThat(found.getFirst().reason()).isEqualTo("popular in Tools, which you prefer");
    assertThat(found.getLast().reason()).isEqualTo("popular");
  }

  @Test
  void recommend_categoryOfTheHistory_isACommonGround() {
    teaAndTools();
    shop.product("saw", "Tools", null);
    runJobs();
    bought("one", "saw");
    List<Recommendation> found = recommend(RecommendationQuery.of("one", 3));
    assertThat(ids(found).subList(0, 2)).containsExactlyInAnyOrder("hammer", "nails");
    assertThat(found.getFirst().reason()).isEqualTo("popular in Tools");
  }

  @Test
  void similar_graphThenTextThenCategory() {
    teaAndTools();
    shop.product("saw", "Steel saw", "Tools", null, null);
    shop.product("blade", "Steel blade", "Tools", null, null);
    new VocabularyStore(fixture.database()).rebuild();
    runJobs();
    assertThat(ids(recommender.similar("tea", 2, reads()).orElseThrow()))
        .containsExactlyInAnyOrder("pot", "cup");
    List<Recommendation> saw = recommender.similar("saw", 3, reads()).orElseThrow();
    assertThat(ids(saw)).startsWith("blade").doesNotContain("saw").hasSize(3);
    assertThat(saw.getFirst().reason()).isEqualTo("similar");
    assertThat(recommender.similar("nothing", 3, reads())).isEmpty();
  }

  @Test
  void trending_recentBeatsUsual() {
    shop.product("usual", "Lamps", null);
    shop.product("new", "Lamps", null);
    for (int i = 0; i < 5; i++) {
      shop.event("u" + i, "usual", EventType.VIEW, Duration.ofDays(20));
    }
    shop.event("u", "new", EventType.VIEW, Duration.ofHours(1));
    runJobs();
    assertThat(ids(recommender.trending(null, 2, reads()))).containsExactly("new", "usual");
    assertThat(ids(recommender.trending("Lamps", 1, reads()))).containsExactly("new");
    assertThat(recommender.trending("Chairs", 2, reads())).isEmpty();
  }

  /** Results of what is not understood to be a read would never be cached. */
  @Test
  void trending_statement_isARead() {
    String sql = new RecommendationStore(fixture.database()).trendingStatement("Lamps", 3).sql();
    assertThat(fixture.router().explain(sql).why().kind()).isEqualTo(StatementKind.READ);
  }

  @Test
  void recommend_whateverTheLimit_isAtMostThreeUnitsOfWork() {
    teaAndTools();
    runJobs();
    for (int limit : new int[] {1, 100}) {
      int before = fixture.units();
      recommend(RecommendationQuery.of("e", limit));
      assertThat(fixture.units() - before).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void run_inParts_findsTheSameAsAtOnce() {
    teaAndTools();
    NeighborJob job = new NeighborJob(new JobStore(fixture.database()), done -> {}, 0);
    job.run();
    bought("f", "tea", "hammer");
    job.run();
    String inParts = graph();
    fixture.execute("TRUNCATE job_state; TRUNCATE product_neighbors");
    job.run();
    assertThat(graph()).isEqualTo(inParts).isNotEmpty();
  }

  private static String graph() {
    return fixture.query(
        """
        SELECT string_agg(product_id || '>' || neighbor_id, ' ' ORDER BY product_id, weight DESC)
        FROM product_neighbors\
        """);
  }
}
