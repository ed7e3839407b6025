package dev.tideline.engine.features;

import java.util.List;
import java.util.Optional;

/**
 * The shopper of a request, as far as known.
 *
 * @param products products viewed in the session, newest first
 */
public record Shopper(Optional<String> userId, List<String> products) {

  public static final Shopper UNKNOWN = new Shopper(Optional.empty(), List.of());

  boolean isUnknown() {
    return userId.isEmpty() && products.isEmpty();
  }
}
