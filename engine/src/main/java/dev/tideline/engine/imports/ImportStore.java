package dev.tideline.engine.imports;

import dev.tideline.engine.catalog.ProductColumn;
import dev.tideline.engine.database.CopyWriter;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.events.Event;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Copies mapped records into staging tables and merges them, all in one transaction. After a
 * conflict with other transactions, it starts again from the beginning.
 */
public final class ImportStore {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ShopDatabase database;

  public ImportStore(ShopDatabase database) {
    this.database = database;
  }

  /** The counts of a merge. */
  record Merged(long created, long changed, long unchanged) {

    static final Merged NOTHING = new Merged(0, 0, 0);

    Merged plus(Merged other) {
      return new Merged(
          created + other.created, changed + other.changed, unchanged + other.unchanged);
    }
  }

  /**
   * The steps of an import within its transaction.
   *
   * @param <S> a staging table
   */
  interface Work<S> {

    /** Fills the staging table; called again if the transaction is retried. */
    void stage(S staging);

    /** Receives a staged record that cannot be imported after all. */
    void reject(String raw, RejectMark mark);

    /** Called when all records are merged, before the transaction is committed. */
    void finish();
  }

  /** The origin of a staged record; files are merged in the order of their numbers. */
  record Origin(int number, String file, long line, String raw) {

    static Origin of(int number, SourceRecord record) {
      return new Origin(number, record.file(), record.line(), record.raw());
    }
  }

  /** Adds products to the staging table. */
  static final class ProductStaging {
    private final CopyWriter copy;

    private ProductStaging(CopyWriter copy) {
      this.copy = copy;
    }

    void add(Origin origin, ProductChange change, @Nullable Instant createdAt) {
      List<@Nullable Object> values =
          new ArrayList<>(List.of(origin.number(), origin.file(), origin.line(), origin.raw()));
      ProductColumn.values(change.draft())
          .forEach((column, value) ->
              values.add(
                  column.equals(ProductColumn.ATTRIBUTES.column())
                      ? JSON.writeValueAsString(change.attributes())
                      : value));
      values.add(createdAt);
      values.add(array(change.missing()));
      row(copy, values.toArray());
    }

    private static String array(Set<String> fields) {
      return "{" + String.join(",", fields) + "}";
    }
  }

  /** Adds events to the staging table. */
  static final class EventStaging {
    private final CopyWriter copy;

    private EventStaging(CopyWriter copy) {
      this.copy = copy;
    }

    void add(Origin origin, Event event) {
      row(
          copy,
          origin.number(),
          origin.file(),
          origin.line(),
          origin.raw(),
          event.eventId(),
          event.userId(),
          event.sessionId(),
          event.productId(),
          event.type().label(),
          event.quantity(),
          event.value(),
          event.query(),
          event.source(),
          event.occurredAt());
    }
  }

  private static void row(CopyWriter copy, @Nullable Object... values) {
    try {
      copy.row(values);
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }

  private interface Filling {
    void fill(CopyWriter copy);
  }

  /**
   * Merges products, file by file. Of products with the same id in one file, the last one is
   * stored.
   *
   * @param files how many files; their numbers are 0 to {@code files - 1}
   */
  Merged products(int files, Work<ProductStaging> work) {
    return database.write(
        "import_products",
        handle -> {
          handle.execute(
              """
              CREATE TEMP TABLE staged (seq bigint GENERATED ALWAYS AS IDENTITY, number integer, file text, line bigint,
                raw text, %s, created_at timestamptz, missing text[]) ON COMMIT DROP
              """
                  .formatted(ProductColumn.definitions()));
          fill(
              handle,
              "staged (number, file, line, raw, %s, created_at, missing)"
                  .formatted(ProductColumn.names()),
              copy -> work.stage(new ProductStaging(copy)));
          removeDuplicates(
              handle,
              "number, id",
              "seq DESC",
              "duplicate_id",
              "a later row has the same product id",
              work);
          Merged merged = ProductMergeStore.run(handle, files, work);
          work.finish();
          return merged;
        });
  }

  /**
   * Merges events. Of events with the same id, the first one is stored.
   *
   * @param shifting called when all events are staged
   */
  Merged events(EventMergeStore.Shifting shifting, Work<EventStaging> work) {
    return database.write(
        "import_events",
        handle -> {
          handle.execute(
              """
              CREATE TEMP TABLE staged (seq bigint GENERATED ALWAYS AS IDENTITY, number integer, file text, line bigint,
                raw text, event_id uuid, user_id text, session_id text, product_id text, type text, quantity integer,
                value numeric(14, 2), query text, source text, occurred_at timestamptz) ON COMMIT DROP
              """);
          fill(
              handle,
              "staged (number, file, line, raw, event_id, user_id, session_id, product_id, type,"
                  + " quantity, value, query, source, occurred_at)",
              copy -> work.stage(new EventStaging(copy)));
          removeDuplicates(handle, "event_id", "seq", "repeat", "an earlier row is the same", work);
          Merged merged = EventMergeStore.run(handle, shifting);
          work.finish();
          return merged;
        });
  }

  private static void fill(Handle handle, String target, Filling filling) {
    try (CopyWriter copy = new CopyWriter(handle.getConnection(), target)) {
      filling.fill(copy);
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
    handle.execute("ANALYZE staged");
  }

  private static void removeDuplicates(
      Handle handle, String key, String order, String reason, String message, Work<?> work) {
    handle
        .createQuery(
            """
            DELETE FROM staged USING (
              SELECT seq, row_number() OVER (PARTITION BY <key> ORDER BY <order>) AS place FROM staged) ranked
            WHERE staged.seq = ranked.seq AND ranked.place > 1
            RETURNING staged.file, staged.line, staged.raw
            """)
        .define("key", key)
        .define("order", order)
        .map((row, context) -> {
          work.reject(
              row.getString("raw"),
              new RejectMark(row.getString("file"), row.getLong("line"), reason, message));
          return true;
        })
        .list();
  }
}
