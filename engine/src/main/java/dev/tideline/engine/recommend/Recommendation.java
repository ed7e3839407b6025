package dev.tideline.engine.recommend;

import dev.tideline.engine.catalog.ProductSummary;

/**
 * A product put forward without having been searched for.
 *
 * @param reason why, for people to read
 */
public record Recommendation(ProductSummary product, double score, String reason) {}
