/**
 * Recommendations for a user or a product, and the job that computes which products are related.
 */
@NullMarked
package dev.tideline.engine.recommend;

import org.jspecify.annotations.NullMarked;
