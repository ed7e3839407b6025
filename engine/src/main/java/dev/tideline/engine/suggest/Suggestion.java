package dev.tideline.engine.suggest;

import java.util.Locale;

/** A completion of the beginning of a query. */
public record Suggestion(String text, Kind kind) {

  /** The source of a suggestion. */
  public enum Kind {
    QUERY,
    PRODUCT,
    BRAND,
    CATEGORY;

    /** The name that users see. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
