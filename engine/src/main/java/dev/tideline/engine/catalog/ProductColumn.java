package dev.tideline.engine.catalog;

import com.google.errorprone.annotations.Immutable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The columns of {@code products} that a shop writes, in the order in which all statements list
 * them. Fields of files and of the API have the same names, except {@code product_id}.
 */
public enum ProductColumn {
  ID("text", ProductDraft::id),
  TITLE("text", ProductDraft::title),
  DESCRIPTION("text", draft -> draft.description() == null ? "" : draft.description()),
  BRAND("text", ProductDraft::brand),
  CATEGORY("text", ProductDraft::category),
  PRICE("numeric(12, 2)", ProductDraft::price),
  CURRENCY("text", ProductDraft::currency),
  IN_STOCK("boolean", ProductDraft::inStock),
  ATTRIBUTES("jsonb", ProductDraft::attributes);

  @Immutable
  private interface Value extends Function<ProductDraft, @Nullable Object> {}

  private final String type;
  private final Value value;

  ProductColumn(String type, Value value) {
    this.type = type;
    this.value = value;
  }

  /** The name of the column in the database. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String each(Function<ProductColumn, String> text) {
    return Arrays.stream(values()).map(text).collect(Collectors.joining(", "));
  }

  /** All columns except the id, which never changes. */
  public static List<String> changing() {
    return Arrays.stream(values()).filter(one -> one != ID).map(ProductColumn::column).toList();
  }

  private static String eachChanging(Function<String, String> text) {
    return changing().stream().map(text).collect(Collectors.joining(", "));
  }

  /** {@code id, title, ...}. */
  public static String names() {
    return each(ProductColumn::column);
  }

  /** {@code id text, title text, ...}. */
  public static String definitions() {
    return each(one -> one.column() + " " + one.type);
  }

  /** {@code :id, :title, ...}, cast to the types of the columns. */
  static String parameters() {
    return each(one -> "CAST(:" + one.column() + " AS " + one.type + ")");
  }

  /** {@code title = excluded.title, ...}. */
  public static String assignments() {
    return eachChanging(name -> name + " = excluded." + name);
  }

  /** {@code (table.title, ...)}, to compare two versions. */
  public static String version(String table) {
    return "(" + eachChanging(name -> table + "." + name) + ")";
  }

  /** The values of a draft, by column. */
  public static Map<String, @Nullable Object> values(ProductDraft draft) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (ProductColumn column : values()) {
      values.put(column.column(), column.value.apply(draft));
    }
    return values;
  }
}
