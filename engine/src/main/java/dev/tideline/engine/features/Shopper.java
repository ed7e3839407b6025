package dev.tideline.engine.features;

import java.util.List;
import java.util.Optional;

/**
 * Who asks, as far as it is known.
 *
 * @param products what the session has looked at, newest first
 */
public record Shopper(Optional<String> userId, List<String> products) {

  public static final Shopper UNKNOWN = new Shopper(Optional.empty(), List.of());

  boolean isUnknown() {
    return userId.isEmpty() && products.isEmpty();
  }
}
