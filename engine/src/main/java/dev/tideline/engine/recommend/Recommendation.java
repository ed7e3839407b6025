package dev.tideline.engine.recommend;

import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.ranking.Ranker.Contribution;
import java.util.List;

/**
 * A product put forward without having been searched for.
 *
 * @param reason why, for people to read
 * @param explanation contributions that add up to the score; empty where the score is one number
 */
public record Recommendation(
    ProductSummary product, double score, String reason, List<Contribution> explanation) {}
