package dev.tideline.engine.events;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a shopper did. */
public enum EventType {
  VIEW,
  CLICK,
  ADD_TO_CART,
  PURCHASE,
  SEARCH;

  /** The name of the type in the API contracts and in tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<EventType> find(String label) {
    return Arrays.stream(values()).filter(type -> type.label().equals(label)).findFirst();
  }
}
