package dev.tideline.engine.imports;

import dev.tideline.engine.catalog.ProductColumn;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.imports.ImportStore.Merged;
import dev.tideline.engine.imports.ImportStore.Work;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Merges the staged products into the catalog, one file after another. */
final class ProductMergeStore {

  /**
   * Locks products in the order of ids, as all statements that write many products do, so that no
   * two of them deadlock.
   */
  private static final String LOCK =
      """
      SELECT count(*) FROM (
        SELECT FROM products WHERE id IN (SELECT id FROM staged WHERE missing <> '{}')
        ORDER BY id FOR NO KEY UPDATE) locked
      """;

  /** Fills fields that a record lacks with the stored ones. */
  private static final String COMPLETE =
      ProductColumn.changing().stream()
          .map(column ->
              "%1$s = CASE WHEN '%1$s' = ANY(missing) THEN %2$s ELSE s.%1$s END"
                  .formatted(
                      column,
                      column.equals(ProductColumn.ATTRIBUTES.column())
                          ? "p.attributes || s.attributes"
                          : "p." + column))
          .collect(
              Collectors.joining(
                  ", ",
                  "UPDATE staged s SET ",
                  " FROM products p WHERE p.id = s.id AND s.number = :number AND missing <> '{}'"));

  /** Removes null attributes, which are those that the record clears. */
  private static final String STRIP =
      """
      UPDATE staged SET attributes = jsonb_strip_nulls(attributes)
      WHERE number = :number AND attributes <> jsonb_strip_nulls(attributes)
      """;

  /** Removes invalid records; complete records were checked when they were read. */
  private static final String REFUSE =
      """
      DELETE FROM staged WHERE number = :number AND missing <> '{}' AND (title IS NULL
        OR (price IS NOT NULL AND currency = 'XXX' AND NOT missing @> '{price,currency}')
        OR (SELECT count(*) FROM jsonb_object_keys(attributes)) > :attributes)
      RETURNING file, line, raw, title IS NULL AS unknown,
        price IS NOT NULL AND currency = 'XXX' AS without_currency
      """;

  private static final String UPSERT =
      """
      INSERT INTO products AS stored (%1$s, created_at)
      SELECT %1$s, coalesce(created_at, now()) FROM staged WHERE number = :number ORDER BY id
      ON CONFLICT (id) DO UPDATE SET %2$s, updated_at = now()
      WHERE %3$s IS DISTINCT FROM %4$s
      RETURNING stored.xmax = 0
      """
          .formatted(
              ProductColumn.names(),
              ProductColumn.assignments(),
              ProductColumn.version("stored"),
              ProductColumn.version("excluded"));

  private static final String FEATURES =
      """
      INSERT INTO product_features (product_id) SELECT id FROM staged WHERE number = :number ORDER BY id
      ON CONFLICT DO NOTHING
      """;

  private ProductMergeStore() {}

  static Merged run(Handle handle, int files, Work<?> work) {
    handle.createQuery(LOCK).mapTo(Long.class).one();
    Merged merged = Merged.NOTHING;
    for (int number = 0; number < files; number++) {
      merged = merged.plus(file(handle, number, work));
    }
    return merged;
  }

  private static Merged file(Handle handle, int number, Work<?> work) {
    handle.createUpdate(COMPLETE).bind("number", number).execute();
    handle.createUpdate(STRIP).bind("number", number).execute();
    handle
        .createQuery(REFUSE)
        .bind("number", number)
        .bind("attributes", ProductDraft.ATTRIBUTES_MAX)
        .map((row, context) -> {
          work.reject(row.getString("raw"), mark(row));
          return true;
        })
        .list();
    long[] merged = new long[2];
    handle
        .createQuery(UPSERT)
        .bind("number", number)
        .mapTo(Boolean.class)
        .forEach(created -> merged[created ? 0 : 1]++);
    handle.createUpdate(FEATURES).bind("number", number).execute();
    long staged =
        handle
            .createQuery("SELECT count(*) FROM staged WHERE number = :number")
            .bind("number", number)
            .mapTo(Long.class)
            .one();
    return new Merged(merged[0], merged[1], staged - merged[0] - merged[1]);
  }

  private static RejectMark mark(ResultSet row) throws SQLException {
    String file = row.getString("file");
    long line = row.getLong("line");
    if (row.getBoolean("unknown")) {
      return new RejectMark(
          file, line, "unknown_product", "there is no product of this id; a new one needs a title");
    }
    return row.getBoolean("without_currency")
        ? new RejectMark(
            file, line, "invalid_currency", "currency is needed where there is a price")
        : new RejectMark(
            file,
            line,
            "invalid_attributes",
            "attributes, with those that are there, must be at most "
                + ProductDraft.ATTRIBUTES_MAX);
  }
}
