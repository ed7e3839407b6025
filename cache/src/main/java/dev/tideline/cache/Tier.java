package dev.tideline.cache;

import java.util.Locale;

/** Where answers are kept, the nearest first. */
public enum Tier {
  LOCAL,
  REDIS;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** In lower case, fit for a label. */
  public String label() {
    return label;
  }
}
