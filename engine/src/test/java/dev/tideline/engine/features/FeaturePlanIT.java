package dev.tideline.engine.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.routing.ReadContext;
import org.junit.jupiter.api.Test;

final class FeaturePlanIT {

  @Test
  void recompute_readsTheRecentPartitionsAlone() throws Exception {
    try (ShopFixture shop = new ShopFixture()) {
      shop.makeMonths("2019-01", "2020-12");
      String plan =
          shop.database()
              .read(
                  "explain",
                  ReadContext.strong(),
                  handle ->
                      String.join(
                          "\n",
                          handle
                              .createQuery("EXPLAIN (COSTS OFF) " + FeatureStore.RECOMPUTE)
                              .bind("popularitySeconds", 1.0)
                              .bind("trendSeconds", 1.0)
                              .bind("historySeconds", 7_776_000.0)
                              .mapTo(String.class)
                              .list()));
      assertThat(plan).contains("events_").doesNotContain("events_2019", "events_2020");
    }
  }
}
