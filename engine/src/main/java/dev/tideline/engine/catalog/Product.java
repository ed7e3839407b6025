package dev.tideline.engine.catalog;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A product of the catalog.
 *
 * @param category a path, {@code A > B > C}
 * @param price null if unknown
 * @param attributes values are texts, numbers or booleans
 */
public record Product(
    String id,
    String title,
    String description,
    @Nullable String brand,
    @Nullable String category,
    @Nullable BigDecimal price,
    String currency,
    boolean inStock,
    Map<String, Object> attributes,
    Instant createdAt,
    Instant updatedAt) {}
