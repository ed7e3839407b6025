package dev.tideline.engine.recommend;

import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.ranking.Ranker.Contribution;
import java.util.List;

/**
 * A recommended product.
 *
 * @param reason why it is recommended, as readable text
 * @param explanation contributions that add up to the score; empty where the score is one number
 */
public record Recommendation(
    ProductSummary product, double score, String reason, List<Contribution> explanation) {}
