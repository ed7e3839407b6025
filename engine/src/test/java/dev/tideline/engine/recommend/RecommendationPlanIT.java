package dev.tideline.engine.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.routing.ReadContext;
import org.junit.jupiter.api.Test;

final class RecommendationPlanIT {

  @Test
  void forUser_readsTheRecentPartitionsAlone() throws Exception {
    try (ShopFixture shop = new ShopFixture()) {
      shop.makeMonths("2019-01", "2020-12");
      String plan =
          shop.database()
              .read(
                  "explain",
                  ReadContext.eventual(),
                  handle ->
                      String.join(
                          "\n",
                          handle
                              .createQuery("EXPLAIN (COSTS OFF) " + RecommendationStore.FOR_USER)
                              .bind("user", "u")
                              .bind("history", 10)
                              .bind("tastes", 5)
                              .bind("perTaste", 5)
                              .bind("limit", 10)
                              .mapTo(String.class)
                              .list()));
      assertThat(plan).contains("events_").doesNotContain("events_2019", "events_2020");
    }
  }
}
