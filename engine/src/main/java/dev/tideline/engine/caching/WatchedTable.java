package dev.tideline.engine.caching;

import dev.tideline.cache.Tags;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables whose triggers write to the outbox, with the tags and the reason that they write.
 * Migrations create the triggers; a test compares them with this list.
 */
public enum WatchedTable {
  PRODUCTS("products", "product", "product:", "id", Tags.ALL),
  PRODUCT_FEATURES("product_features", "popularity", "job:popularity"),
  PRODUCT_NEIGHBORS("product_neighbors", "neighbors", "neighbors:", "product_id", "job:neighbors"),
  USER_PREFERENCES("user_preferences", "preferences", "user:", "user_id", Tags.ALL),
  RANKING_WEIGHTS("ranking_weights", "ranking", "ranking"),
  SUGGESTIONS("suggestions", "suggestions", "job:suggestions"),
  SEARCH_STATISTICS("search_statistics", "vocabulary", "job:vocabulary");

  private final String table;
  private final String reason;
  private final String prefix;
  private final @Nullable String column;
  private final String ofAll;

  WatchedTable(String table, String reason, String tag) {
    this(table, reason, tag, null, tag);
  }

  /**
   * A table whose rows have tags of their own.
   *
   * @param column the column whose value follows the prefix
   * @param ofAll the tag of all rows, written when a change would have too many tags
   */
  WatchedTable(String table, String reason, String prefix, @Nullable String column, String ofAll) {
    this.table = table;
    this.reason = reason;
    this.prefix = prefix;
    this.column = column;
    this.ofAll = ofAll;
  }

  /** The name of the table in the database. */
  public String table() {
    return table;
  }

  /** Why entries become stale, for metrics. */
  public String reason() {
    return reason;
  }

  /** The tag of all rows; entries that depend on the whole table have it. */
  public String tag() {
    return ofAll;
  }

  /**
   * The tag of the rows that have a value in the tag's column.
   *
   * @throws IllegalStateException if the rows have no tags of their own
   */
  public String tag(String value) {
    if (column == null) {
      throw new IllegalStateException("rows of " + table + " have no tags of their own");
    }
    return prefix + value;
  }

  /** The part of a row's tag before the value; if all rows share one tag, that tag. */
  public String prefix() {
    return prefix;
  }

  /** The column whose value is part of a row's tag; empty if all rows share one tag. */
  public Optional<String> column() {
    return Optional.ofNullable(column);
  }

  private static Set<String> all(Function<WatchedTable, String> property) {
    return Arrays.stream(values()).map(property).collect(Collectors.toUnmodifiableSet());
  }

  public static Set<String> tables() {
    return all(WatchedTable::table);
  }

  public static Set<String> reasons() {
    return all(WatchedTable::reason);
  }
}
