/** Weights per category, the score of a candidate, and the diversity of a page. */
@NullMarked
package dev.tideline.engine.ranking;

import org.jspecify.annotations.NullMarked;
