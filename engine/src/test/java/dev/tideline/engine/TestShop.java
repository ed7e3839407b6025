package dev.tideline.engine;

import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.events.Event;
import dev.tideline.engine.events.EventStore;
import dev.tideline.engine.events.EventType;
import dev.tideline.engine.events.EventWriter;
import dev.tideline.engine.events.PartitionJob;
import dev.tideline.engine.events.PartitionStore;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Fills a shop for a test, in a line a thing. */
public final class TestShop {

  private final ShopFixture fixture;
  private final CatalogStore catalog;

  public TestShop(ShopFixture fixture) {
    this.fixture = fixture;
    this.catalog = new CatalogStore(fixture.database());
  }

  /** Takes away all that tests make. */
  public void empty() {
    fixture.execute(
        """
        TRUNCATE products CASCADE; TRUNCATE events; TRUNCATE event_ids; TRUNCATE job_state; TRUNCATE interactions;
        TRUNCATE neighbors_due; TRUNCATE users CASCADE; TRUNCATE ranking_weights; TRUNCATE ranking_history\
        """);
    new PartitionJob(new PartitionStore(fixture.database()), Optional.empty()).run(Instant.now());
  }

  public void product(String id, @Nullable String category, @Nullable String brand) {
    product(id, "Product " + id, category, brand, null);
  }

  public void product(
      String id,
      String title,
      @Nullable String category,
      @Nullable String brand,
      @Nullable String price) {
    catalog.put(
        new ProductDraft(
            id,
            title,
            null,
            brand,
            category,
            price == null ? null : new BigDecimal(price),
            price == null ? "XXX" : "USD",
            true,
            Map.of()));
  }

  public void event(String user, String product, EventType type, Duration ago) {
    events(List.of(event(user, null, product, type, ago)));
  }

  public void sessionEvent(String session, String product, EventType type, Duration ago) {
    events(List.of(event(null, session, product, type, ago)));
  }

  private void events(List<Event> events) {
    try (EventWriter writer = new EventWriter(new EventStore(fixture.database()))) {
      writer.write(events);
    }
  }

  private static Event event(
      @Nullable String user,
      @Nullable String session,
      String product,
      EventType type,
      Duration ago) {
    return new Event(
        UUID.randomUUID(),
        user,
        session,
        product,
        type,
        null,
        null,
        null,
        null,
        Instant.now().minus(ago));
  }
}
