package dev.tideline.engine.index;

import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductColumn;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.routing.route.ReadContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** What the index reads of the database. Thread-safe. */
public final class IndexStore {

  private static final String COLUMNS =
      Arrays.stream(ProductColumn.values())
              .map(column -> "p." + column.column())
              .collect(Collectors.joining(", "))
          + ", p.created_at, p.updated_at, coalesce(f.popularity, 0) AS popularity";

  private static final String PAGE =
      "SELECT %s FROM products p LEFT JOIN product_features f ON f.product_id = p.id WHERE p.id > :after ORDER BY p.id LIMIT :most"
          .formatted(COLUMNS);

  private static final String BY_ID =
      "SELECT %s FROM products p LEFT JOIN product_features f ON f.product_id = p.id WHERE p.id = ANY(:ids)"
          .formatted(COLUMNS);

  private final ShopDatabase database;

  public IndexStore(ShopDatabase database) {
    this.database = database;
  }

  /** The products whose ids follow one, in the order of ids; at most so many. */
  public List<IndexedProduct> page(String after, int most, ReadContext reads) {
    return database.read(
        "index_page",
        reads,
        handle ->
            handle
                .createQuery(PAGE)
                .bind("after", after)
                .bind("most", most)
                .map((row, context) -> product(row))
                .list());
  }

  /** The products with these ids; those that are gone are missing. */
  static List<IndexedProduct> byId(Handle handle, Collection<String> ids) {
    return handle
        .createQuery(BY_ID)
        .bindArray("ids", String.class, ids.toArray())
        .map((row, context) -> product(row))
        .list();
  }

  private static IndexedProduct product(ResultSet row) throws SQLException {
    return new IndexedProduct(
        CatalogStore.product(row), ShopLanguage.EN, row.getDouble("popularity"));
  }
}
