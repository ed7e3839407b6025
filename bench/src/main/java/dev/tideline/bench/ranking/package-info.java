/** What ranking costs. */
@NullMarked
package dev.tideline.bench.ranking;

import org.jspecify.annotations.NullMarked;
