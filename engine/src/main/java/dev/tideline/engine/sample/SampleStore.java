package dev.tideline.engine.sample;

import dev.tideline.engine.catalog.ProductColumn;
import dev.tideline.engine.database.CopyWriter;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.sample.SampleShop.SampleEvent;
import dev.tideline.engine.sample.SampleShop.SampleProduct;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import tools.jackson.databind.json.JsonMapper;

/** Loads a sample shop into an empty database, in one transaction. */
public final class SampleStore {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ShopDatabase database;

  public SampleStore(ShopDatabase database) {
    this.database = database;
  }

  /** Whether the database has no product yet. */
  public boolean isEmpty() {
    return database.write(
        "sample_check",
        handle ->
            handle
                .createQuery("SELECT NOT EXISTS (SELECT FROM products)")
                .mapTo(Boolean.class)
                .one());
  }

  /**
   * Loads the shop.
   *
   * @param progress receives how many rows of products, users and events have been written in total
   */
  public void load(SampleShop shop, LongConsumer progress) {
    database.write(
        "sample_load",
        handle -> {
          try {
            load(handle, shop, progress);
            return null;
          } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
          }
        });
  }

  private static void load(Handle handle, SampleShop shop, LongConsumer progress)
      throws SQLException {
    Connection connection = handle.getConnection();
    AtomicLong rows = new AtomicLong();
    copyProducts(connection, shop, () -> progress.accept(rows.incrementAndGet()));
    try (CopyWriter copy = new CopyWriter(connection, "users (id)")) {
      for (int user = 1; user <= shop.size().users(); user++) {
        copy.row("u%04d".formatted(user));
        progress.accept(rows.incrementAndGet());
      }
    }
    handle.execute("INSERT INTO product_features (product_id) SELECT id FROM products");
    handle
        .createQuery("SELECT ensure_event_partitions(:first, :last)")
        .bind("first", shop.size().end().minus(shop.size().history()).atOffset(ZoneOffset.UTC))
        .bind("last", shop.size().end().atOffset(ZoneOffset.UTC))
        .mapTo(Integer.class)
        .one();
    copyEvents(connection, shop, () -> progress.accept(rows.incrementAndGet()));
    handle.execute("ANALYZE");
  }

  private static void copyProducts(Connection connection, SampleShop shop, Runnable written)
      throws SQLException {
    try (CopyWriter copy =
        new CopyWriter(
            connection, "products (" + ProductColumn.names() + ", created_at, updated_at)")) {
      for (SampleProduct product : shop.products()) {
        copy.row(
            product.id(),
            product.title(),
            product.description(),
            product.brand(),
            product.category(),
            product.price(),
            "USD",
            product.inStock(),
            JSON.writeValueAsString(product.attributes()),
            product.createdAt(),
            product.createdAt());
        written.run();
      }
    }
  }

  private static void copyEvents(Connection connection, SampleShop shop, Runnable written)
      throws SQLException {
    try (CopyWriter copy =
        new CopyWriter(
            connection,
            "events (event_id, user_id, session_id, product_id, type, quantity, value, query,"
                + " source, occurred_at)")) {
      shop.events(event -> copyEvent(copy, event, written));
    }
  }

  private static void copyEvent(CopyWriter copy, SampleEvent event, Runnable written) {
    try {
      copy.row(
          event.id(),
          event.userId(),
          event.sessionId(),
          event.productId(),
          event.type(),
          event.quantity(),
          event.value(),
          event.query(),
          "sample",
          event.occurredAt());
      written.run();
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }
}
