package dev.tideline.engine.catalog;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.database.StoredJson;
import dev.tideline.routing.Written;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.token.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Products in PostgreSQL. Thread-safe. */
public final class CatalogStore {

  /** The columns that {@link #summary} reads. */
  public static final String SUMMARY_COLUMNS =
      "p.id, p.title, p.brand, p.category, p.price, p.currency, p.in_stock";

  private static final JsonMapper JSON = StoredJson.MAPPER;
  private static final TypeReference<Map<String, Object>> ATTRIBUTES = new TypeReference<>() {};

  private static final String INSERT =
      "INSERT INTO products AS stored (%s) %%s ON CONFLICT (id) DO UPDATE SET %s, updated_at = now()"
          .formatted(ProductColumn.names(), ProductColumn.assignments());

  private static final String UPSERT =
      INSERT.formatted("VALUES (" + ProductColumn.parameters() + ")");

  /** Writes rows in the order of ids, so that two statements cannot deadlock. */
  private static final String UPSERT_ALL =
      INSERT.formatted(
          "SELECT %s FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (%s) ORDER BY id"
              .formatted(ProductColumn.names(), ProductColumn.definitions()));

  private static final String FEATURES_ALL =
      "INSERT INTO product_features (product_id) SELECT id FROM unnest(:ids) AS given (id) ORDER BY id"
          + " ON CONFLICT DO NOTHING";

  private static final String FEATURES =
      "INSERT INTO product_features (product_id) VALUES (:id) ON CONFLICT DO NOTHING";

  private final ShopDatabase database;

  public CatalogStore(ShopDatabase database) {
    this.database = database;
  }

  public Optional<Product> find(String id, ReadContext reads) {
    return database.read("product", reads, handle -> select(handle, id));
  }

  private static Optional<Product> select(Handle handle, String id) {
    return handle
        .createQuery(
            "SELECT "
                + ProductColumn.names()
                + ", created_at, updated_at FROM products WHERE id = :id")
        .bind("id", id)
        .map((row, context) -> product(row))
        .findOne();
  }

  /** A product that has been stored, and whether it is new. */
  public record Stored(Product product, boolean created) {}

  /** Stores a product whose draft has no {@link ProductDraft#problems}. */
  public Written<Stored> put(ProductDraft draft) {
    return database.writeForPosition(
        "product_put",
        handle -> {
          boolean created =
              bind(handle.createQuery(UPSERT + " RETURNING stored.xmax = 0"), draft)
                  .mapTo(Boolean.class)
                  .one();
          handle.createUpdate(FEATURES).bind("id", draft.id()).execute();
          return new Stored(select(handle, draft.id()).orElseThrow(), created);
        });
  }

  /** Stores several drafts, all or none. Of drafts with the same id, the last one is stored. */
  public Position putAll(List<ProductDraft> drafts) {
    Map<String, Map<String, @Nullable Object>> rows = new LinkedHashMap<>();
    drafts.forEach(draft -> rows.put(draft.id(), ProductColumn.values(draft)));
    return database
        .writeForPosition(
            "product_batch",
            handle -> {
              handle
                  .createUpdate(UPSERT_ALL)
                  .bind("rows", JSON.writeValueAsString(rows.values()))
                  .execute();
              return handle
                  .createUpdate(FEATURES_ALL)
                  .bindArray("ids", String.class, rows.keySet().toArray())
                  .execute();
            })
        .position();
  }

  /** Removes a product; returns whether it existed. */
  public Written<Boolean> delete(String id) {
    return database.writeForPosition(
        "product_delete",
        handle ->
            handle.createUpdate("DELETE FROM products WHERE id = :id").bind("id", id).execute()
                > 0);
  }

  private static <S extends SqlStatement<S>> S bind(S statement, ProductDraft draft) {
    ProductColumn.values(draft)
        .forEach((column, value) ->
            statement.bind(column, value instanceof Map ? JSON.writeValueAsString(value) : value));
    return statement;
  }

  Map<String, ProductSummary> summaries(List<String> ids, ReadContext reads) {
    return database.read("summaries", reads, handle -> summaries(handle, ids));
  }

  /** The summaries of products, by id; products that do not exist are missing. */
  public static Map<String, ProductSummary> summaries(Handle handle, List<String> ids) {
    return handle
        .createQuery("SELECT " + SUMMARY_COLUMNS + " FROM products p WHERE p.id = ANY(:ids)")
        .bindArray("ids", String.class, ids.toArray())
        .reduceResultSet(
            new HashMap<String, ProductSummary>(),
            (all, row, context) -> {
              ProductSummary summary = summary(row);
              all.put(summary.id(), summary);
              return all;
            });
  }

  /** Reads {@link #SUMMARY_COLUMNS}. */
  public static ProductSummary summary(ResultSet row) throws SQLException {
    return new ProductSummary(
        row.getString("id"),
        row.getString("title"),
        row.getString("brand"),
        row.getString("category"),
        row.getBigDecimal("price"),
        row.getString("currency"),
        row.getBoolean("in_stock"));
  }

  /** Reads all columns of {@code products} that a {@link Product} has. */
  public static Product product(ResultSet row) throws SQLException {
    return new Product(
        row.getString("id"),
        row.getString("title"),
        row.getString("description"),
        row.getString("brand"),
        row.getString("category"),
        row.getBigDecimal("price"),
        row.getString("currency"),
        row.getBoolean("in_stock"),
        JSON.readValue(row.getString("attributes"), ATTRIBUTES),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("updated_at", OffsetDateTime.class).toInstant());
  }
}
