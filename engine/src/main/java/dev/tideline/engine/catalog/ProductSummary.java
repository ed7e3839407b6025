package dev.tideline.engine.catalog;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The fields of a product that a list of results shows. */
public record ProductSummary(
    String id,
    String title,
    @Nullable String brand,
    @Nullable String category,
    @Nullable BigDecimal price,
    String currency,
    boolean inStock) {}
