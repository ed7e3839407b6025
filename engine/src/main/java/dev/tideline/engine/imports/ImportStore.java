package dev.tideline.engine.imports;

import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.database.CopyWriter;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.events.Event;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Copies mapped records into staging tables and merges them, all in one transaction. */
public final class ImportStore {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ShopDatabase database;

  public ImportStore(ShopDatabase database) {
    this.database = database;
  }

  /** How many came of the merge. */
  record Merged(long created, long changed, long unchanged) {}

  /** Hears of a staged record that is one too many: of which file and line, and its text. */
  @FunctionalInterface
  interface Superfluous {
    void found(String file, long line, String raw);
  }

  /** Fills a staging table. */
  @FunctionalInterface
  interface Stage<S> {
    void fill(S staging);
  }

  /** Takes products into the staging table. */
  static final class ProductStaging {
    private final CopyWriter copy;

    private ProductStaging(CopyWriter copy) {
      this.copy = copy;
    }

    void add(String file, long line, String raw, ProductDraft draft, @Nullable Instant createdAt) {
      row(
          copy,
          file,
          line,
          raw,
          draft.id(),
          draft.title(),
          draft.description() == null ? "" : draft.description(),
          draft.brand(),
          draft.category(),
          draft.price(),
          draft.currency(),
          draft.inStock(),
          JSON.writeValueAsString(draft.attributes()),
          createdAt);
    }
  }

  /** Takes events into the staging table. */
  static final class EventStaging {
    private final CopyWriter copy;

    private EventStaging(CopyWriter copy) {
      this.copy = copy;
    }

    void add(String file, long line, String raw, Event event) {
      row(
          copy,
          file,
          line,
          raw,
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

  /**
   * Merges products; of several with the same id the last one counts, the others are superfluous.
   */
  Merged products(Stage<ProductStaging> stage, Superfluous superfluous) {
    return database.write(
        "import_products",
        handle -> {
          handle.execute(
              """
              CREATE TEMP TABLE staged (seq bigint GENERATED ALWAYS AS IDENTITY, file text, line bigint, raw text,
                id text, title text, description text, brand text, category text, price numeric(12, 2), currency text,
                in_stock boolean, attributes jsonb, created_at timestamptz) ON COMMIT DROP
              """);
          fill(
              handle,
              "staged (file, line, raw, id, title, description, brand, category, price, currency,"
                  + " in_stock, attributes, created_at)",
              copy -> stage.fill(new ProductStaging(copy)));
          removeSuperfluous(handle, "id", "seq DESC", superfluous);
          return mergeProducts(handle);
        });
  }

  private static Merged mergeProducts(Handle handle) {
    long staged = count(handle);
    long[] merged = new long[2];
    handle
        .createQuery(
            """
            INSERT INTO products AS stored (id, title, description, brand, category, price, currency, in_stock,
              attributes, created_at)
            SELECT id, title, description, brand, category, price, currency, in_stock, attributes,
              coalesce(created_at, now()) FROM staged
            ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,
              brand = excluded.brand, category = excluded.category, price = excluded.price,
              currency = excluded.currency, in_stock = excluded.in_stock, attributes = excluded.attributes,
              updated_at = now()
            WHERE (stored.title, stored.description, stored.brand, stored.category, stored.price, stored.currency,
                stored.in_stock, stored.attributes)
              IS DISTINCT FROM (excluded.title, excluded.description, excluded.brand, excluded.category,
                excluded.price, excluded.currency, excluded.in_stock, excluded.attributes)
            RETURNING stored.xmax = 0
            """)
        .mapTo(Boolean.class)
        .forEach(created -> merged[created ? 0 : 1]++);
    handle.execute(
        "INSERT INTO product_features (product_id) SELECT id FROM staged ON CONFLICT DO NOTHING");
    return new Merged(merged[0], merged[1], staged - merged[0] - merged[1]);
  }

  /**
   * Merges events; of several with the same id the first one counts.
   *
   * @param source by which the shift is remembered
   * @param shiftTo move all times so that the latest is this one; the shift of the first import of
   *     a source stays for all later ones
   */
  Merged events(
      String source,
      @Nullable Instant shiftTo,
      Stage<EventStaging> stage,
      Superfluous superfluous) {
    return database.write(
        "import_events",
        handle -> {
          handle.execute(
              """
              CREATE TEMP TABLE staged (seq bigint GENERATED ALWAYS AS IDENTITY, file text, line bigint, raw text,
                event_id uuid, user_id text, session_id text, product_id text, type text, quantity integer,
                value numeric(14, 2), query text, source text, occurred_at timestamptz) ON COMMIT DROP
              """);
          fill(
              handle,
              "staged (file, line, raw, event_id, user_id, session_id, product_id, type, quantity,"
                  + " value, query, source, occurred_at)",
              copy -> stage.fill(new EventStaging(copy)));
          removeSuperfluous(handle, "event_id", "seq", superfluous);
          return mergeEvents(handle, source, shiftTo);
        });
  }

  private static Merged mergeEvents(Handle handle, String source, @Nullable Instant shiftTo) {
    long staged = count(handle);
    if (staged == 0) {
      return new Merged(0, 0, 0);
    }
    double shiftSeconds = shift(handle, source, shiftTo);
    handle
        .createQuery(
            """
            SELECT ensure_event_partitions(min(occurred_at) + make_interval(secs => :shift),
              max(occurred_at) + make_interval(secs => :shift)) FROM staged
            """)
        .bind("shift", shiftSeconds)
        .mapTo(Integer.class)
        .one();
    long created =
        handle
            .createUpdate(
                """
                WITH fresh AS (
                  INSERT INTO event_ids (event_id) SELECT event_id FROM staged ON CONFLICT DO NOTHING RETURNING event_id)
                INSERT INTO events (event_id, user_id, session_id, product_id, type, quantity, value, query, source,
                  occurred_at)
                SELECT event_id, user_id, session_id, product_id, type, quantity, value, query, source,
                  occurred_at + make_interval(secs => :shift)
                FROM staged JOIN fresh USING (event_id)
                ON CONFLICT (event_id, occurred_at) DO NOTHING
                """)
            .bind("shift", shiftSeconds)
            .execute();
    return new Merged(created, 0, staged - created);
  }

  private static double shift(Handle handle, String source, @Nullable Instant shiftTo) {
    Instant latest =
        handle
            .createQuery("SELECT max(occurred_at) FROM staged")
            .mapTo(OffsetDateTime.class)
            .one()
            .toInstant();
    long wished = shiftTo == null ? 0 : Duration.between(latest, shiftTo).toSeconds();
    handle
        .createUpdate(
            "INSERT INTO import_shifts (source, shift) VALUES (:source, make_interval(secs =>"
                + " :shift)) ON CONFLICT DO NOTHING")
        .bind("source", source)
        .bind("shift", (double) wished)
        .execute();
    return handle
        .createQuery(
            "SELECT extract(epoch FROM shift)::double precision FROM import_shifts WHERE source = :source")
        .bind("source", source)
        .mapTo(Double.class)
        .one();
  }

  private static void fill(Handle handle, String target, Stage<CopyWriter> stage) {
    try (CopyWriter copy = new CopyWriter(handle.getConnection(), target)) {
      stage.fill(copy);
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
    handle.execute("ANALYZE staged");
  }

  private static void removeSuperfluous(
      Handle handle, String key, String order, Superfluous superfluous) {
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
          superfluous.found(row.getString("file"), row.getLong("line"), row.getString("raw"));
          return true;
        })
        .list();
  }

  private static long count(Handle handle) {
    return handle.createQuery("SELECT count(*) FROM staged").mapTo(Long.class).one();
  }
}
