package dev.tideline.engine.features;

import static dev.tideline.routing.route.ReadContext.eventual;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.TestShop;
import dev.tideline.engine.events.EventType;
import dev.tideline.engine.jobs.JobStore;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PopularityJobIT {

  private static ShopFixture fixture;
  private static TestShop shop;
  private static FeatureStore features;
  private static PopularityJob job;

  @BeforeAll
  static void start() throws Exception {
    fixture = new ShopFixture();
    shop = new TestShop(fixture);
    features = new FeatureStore(fixture.database());
    job = new PopularityJob(new JobStore(fixture.database()));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void empty() {
    shop.empty();
  }

  private static double value(String id, Feature feature, Shopper shopper) {
    return Objects.requireNonNull(
        features.fetch(List.of(id), Set.of(feature), shopper, eventual()).columns().get(feature))[
        0];
  }

  private static double value(String id, Feature feature) {
    return value(id, feature, Shopper.UNKNOWN);
  }

  private static double popularity(String id) {
    return Double.parseDouble(
        fixture.query(
            "SELECT power(2, popularity_log2 - half_lives(now(), '14 days')) FROM product_features WHERE product_id = '"
                + id
                + "'"));
  }

  @Test
  void run_weighsEventsAndLetsThemDecay() {
    shop.product("p", null, null);
    shop.event("a", "p", EventType.VIEW, Duration.ZERO);
    shop.event("b", "p", EventType.PURCHASE, Duration.ofDays(14));
    shop.event("c", "p", EventType.ADD_TO_CART, Duration.ofDays(28));
    job.run();
    assertThat(popularity("p")).isCloseTo(1 + 3 / 2.0 + 2 / 4.0, within(0.001));
  }

  @Test
  void run_againAndAgain_isAsAtOnce() {
    shop.product("p", null, null);
    for (int i = 0; i < 5; i++) {
      shop.event("u" + i, "p", EventType.VIEW, Duration.ofDays(i));
      job.run();
    }
    assertThat(job.run()).as("nothing new").isZero();
    double inParts = popularity("p");
    fixture.execute("TRUNCATE job_state");
    job.run();
    assertThat(popularity("p")).isCloseTo(inParts, within(1e-6));
    assertThat(fixture.query("SELECT views FROM product_features")).isEqualTo("5");
  }

  @Test
  void run_oneSessionAThousandTimes_countsLessThanSixtyPeople() {
    shop.product("bought", null, null);
    shop.product("pushed", null, null);
    shop.sessionEvents("bot", "pushed", EventType.ADD_TO_CART, Duration.ZERO, 1_000);
    for (int i = 0; i < 60; i++) {
      shop.event("u" + i, "bought", EventType.PURCHASE, Duration.ZERO);
    }
    job.run();
    assertThat(popularity("pushed")).isCloseTo(2, within(0.001));
    assertThat(popularity("bought")).isCloseTo(180, within(0.1));
    assertThat(value("bought", Feature.TREND)).isGreaterThan(value("pushed", Feature.TREND));
    assertThat(value("bought", Feature.POPULARITY)).isEqualTo(1);
    assertThat(counts("pushed")).isEqualTo("0 1 0");
  }

  /** Popularity as it is kept, which does not change as time goes by. */
  private static double logarithm(String id) {
    return Double.parseDouble(
        fixture.query(
            "SELECT popularity_log2 FROM product_features WHERE product_id = '" + id + "'"));
  }

  /** Views, carts and purchases that are counted. */
  private static String counts(String id) {
    return fixture.query(
        "SELECT concat_ws(' ', views, carts, purchases) FROM product_features WHERE product_id = '"
            + id
            + "'");
  }

  @Test
  void run_sameActor_countsOnceForEachProductTypeAndDay() {
    shop.product("p", null, null);
    shop.product("q", null, null);
    for (int i = 0; i < 3; i++) {
      shop.event("u", "p", EventType.VIEW, Duration.ZERO);
      shop.event("u", "p", EventType.VIEW, Duration.ofDays(2));
      shop.event("u", "p", EventType.PURCHASE, Duration.ofDays(2));
      shop.event("u", "q", EventType.VIEW, Duration.ZERO);
      shop.sessionEvent("u", "p", EventType.VIEW, Duration.ZERO);
    }
    job.run();
    assertThat(counts("p")).isEqualTo("3 0 1");
    assertThat(counts("q")).isEqualTo("1 0 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void run_lateEventsInManyParts_keepsTheCapExactly(int cap) {
    shop.product("p", null, null);
    PopularityJob capped = new PopularityJob(new JobStore(fixture.database()), cap);
    for (int i = 0; i < 4; i++) { // each part has events of days that were taken in already
      shop.sessionEvents("s", "p", EventType.VIEW, Duration.ofDays(3 + i), 2);
      shop.sessionEvents("s", "p", EventType.VIEW, Duration.ofDays(3), 1);
      shop.sessionEvents("s" + i, "p", EventType.VIEW, Duration.ofDays(3), 1);
      capped.run();
      capped.run();
    }
    // s: 6 events on the third day, 2 on each of three others; and four more sessions
    assertThat(counts("p")).isEqualTo(4 + Math.min(cap, 6) + 3 * Math.min(cap, 2) + " 0 0");
    double inParts = logarithm("p");
    fixture.execute("DELETE FROM job_state");
    capped.run();
    assertThat(logarithm("p")).isCloseTo(inParts, within(1e-9));
  }

  @Test
  void run_otherCap_countsAllAnew() {
    shop.product("p", null, null);
    shop.sessionEvents("s", "p", EventType.VIEW, Duration.ZERO, 10);
    job.run();
    new PopularityJob(new JobStore(fixture.database()), 4).run();
    assertThat(counts("p")).isEqualTo("4 0 0");
    fixture.execute(
        "UPDATE job_state SET checkpoint = checkpoint - 'rule'"); // as the release before leaves it
    job.run();
    assertThat(counts("p")).isEqualTo("1 0 0");
  }

  @Test
  void run_transactionStillOpen_isTakenInLater() throws Exception {
    shop.product("p", null, null);
    try (var other = fixture.connect()) {
      other.setAutoCommit(false);
      try (var statement = other.createStatement()) {
        statement.execute(
            "INSERT INTO events (event_id, user_id, product_id, type, occurred_at)"
                + " VALUES (gen_random_uuid(), 'slow', 'p', 'view', now())");
      }
      shop.event("quick", "p", EventType.VIEW, Duration.ZERO);
      job.run();
      other.commit();
    }
    job.run();
    assertThat(fixture.query("SELECT views FROM product_features")).isEqualTo("2");
  }

  @Test
  void run_whileAnotherRuns_leavesItAlone() throws Exception {
    shop.product("p", null, null);
    shop.event("u", "p", EventType.VIEW, Duration.ZERO);
    try (var other = fixture.connect()) {
      other.setAutoCommit(false);
      try (var statement = other.createStatement()) {
        statement.execute("SELECT pg_advisory_xact_lock(hashtext('tideline.job.popularity'))");
      }
      assertThat(job.run()).isZero();
      other.rollback(); // closing alone leaves the lock to the server's end of the connection
    }
    assertThat(job.run()).isEqualTo(1);
  }

  @Test
  void fetch_nothingWanted_costsNothing() {
    shop.product("p", null, null);
    int before = fixture.units();
    features.fetch(List.of("p"), Set.of(), Shopper.UNKNOWN, eventual());
    features.fetch(List.of("p"), Set.of(Feature.TEXT), Shopper.UNKNOWN, eventual());
    features.fetch(List.of("p"), Set.of(Feature.BRAND_AFFINITY), Shopper.UNKNOWN, eventual());
    assertThat(fixture.units()).isEqualTo(before);
    features.fetch(
        List.of("p", "q"),
        EnumSet.allOf(Feature.class),
        new Shopper(Optional.of("u"), List.of()),
        eventual());
    assertThat(fixture.units()).as("all there are, in one").isEqualTo(before + 1);
  }

  @Test
  void fetch_newProductAndStranger_haveDefaults() {
    shop.product("p", null, null);
    for (Feature feature : Feature.values()) {
      if (feature != Feature.FRESHNESS) {
        assertThat(value("none", feature)).as(feature.label()).isEqualTo(feature.unknown());
      }
    }
    assertThat(value("p", Feature.FRESHNESS)).isCloseTo(1, within(0.01));
    assertThat(value("p", Feature.CONVERSION)).isEqualTo(0.05);
  }

  @Test
  void fetch_features_areBroughtToZeroToOne() {
    for (int i = 0; i < 5; i++) {
      shop.product("p" + i, "Thing", "Things", i % 2 == 0 ? "Even" : "Odd", (i + 1) + ".00");
    }
    shop.event("u", "p0", EventType.PURCHASE, Duration.ZERO);
    shop.event("u", "p1", EventType.VIEW, Duration.ZERO);
    job.run();
    assertThat(value("p0", Feature.POPULARITY)).isEqualTo(1);
    assertThat(value("p1", Feature.POPULARITY))
        .isCloseTo(1 - Math.log(3) / Math.log(2) / 10, within(1e-3));
    assertThat(value("p0", Feature.PRICE_PERCENTILE)).isZero();
    assertThat(value("p2", Feature.PRICE_PERCENTILE)).isEqualTo(0.5);
    assertThat(value("p4", Feature.PRICE_PERCENTILE)).isEqualTo(1);
    Shopper u = new Shopper(Optional.of("u"), List.of());
    assertThat(value("p2", Feature.BRAND_AFFINITY, u)).isEqualTo(1);
    assertThat(value("p3", Feature.BRAND_AFFINITY, u)).isCloseTo(1 / 3.0, within(1e-6));
    assertThat(value("p3", Feature.CATEGORY_AFFINITY, u)).isEqualTo(1);
    Shopper session = new Shopper(Optional.empty(), List.of("p1"));
    assertThat(value("p3", Feature.BRAND_AFFINITY, session)).isEqualTo(1);
  }

  @Test
  void fetch_preferences_count() {
    shop.product("p", "Thing", "Things > Small", "Acme", "5.00");
    fixture.execute(
        """
        INSERT INTO users (id) VALUES ('keen');
        INSERT INTO user_preferences VALUES
          ('keen', '{"categories": ["Things"], "brands": ["Acme"], "min_price": 4, "max_price": 6}')\
        """);
    Shopper keen = new Shopper(Optional.of("keen"), List.of());
    assertThat(value("p", Feature.CATEGORY_AFFINITY, keen)).isEqualTo(1);
    assertThat(value("p", Feature.BRAND_AFFINITY, keen)).isEqualTo(1);
    assertThat(value("p", Feature.PRICE_AFFINITY, keen)).isEqualTo(1);
  }
}
