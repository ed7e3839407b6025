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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Fills a shop for a test, in a line a thing. */
public final class TestShop {

  private final ShopFixture fixture;
  private final CatalogStore catalog;

  public TestShop(ShopFixture fixture) {
    this.fixture = fixture;
    this.catalog = new CatalogStore(fixture.database());
    new PartitionJob(new PartitionStore(fixture.database()), Optional.empty()).run(Instant.now());
  }

  /** Takes away all that tests make; deleting is quicker than truncating many partitions. */
  public void empty() {
    fixture.execute(
        """
        DELETE FROM products; DELETE FROM events; DELETE FROM event_ids; DELETE FROM job_state; DELETE FROM interactions;
        DELETE FROM neighbors_due; DELETE FROM users; DELETE FROM ranking_weights; DELETE FROM ranking_history\
        """);
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

  /** The same again and again. */
  public void sessionEvents(
      String session, String product, EventType type, Duration ago, int times) {
    events(Stream.generate(() -> event(null, session, product, type, ago)).limit(times).toList());
  }

  /** Searches that a session tells of, so many times. */
  public void searches(String session, String query, int times) {
    events(
        Stream.generate(() ->
                new Event(
                    UUID.randomUUID(),
                    null,
                    session,
                    null,
                    EventType.SEARCH,
                    null,
                    null,
                    query,
                    null,
                    Instant.now()))
            .limit(times)
            .toList());
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
