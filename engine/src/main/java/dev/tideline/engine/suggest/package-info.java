/**
 * Completions of what a shopper is typing, and the job that computes them from queries and
 * products.
 */
@NullMarked
package dev.tideline.engine.suggest;

import org.jspecify.annotations.NullMarked;
