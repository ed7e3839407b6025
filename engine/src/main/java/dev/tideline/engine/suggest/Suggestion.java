package dev.tideline.engine.suggest;

import java.util.Locale;

/** What may be meant by the beginning of a query. */
public record Suggestion(String text, Kind kind) {

  /** Where it comes from. */
  public enum Kind {
    QUERY,
    PRODUCT,
    BRAND,
    CATEGORY;

    /** As users see it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
