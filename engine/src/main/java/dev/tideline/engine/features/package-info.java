/** Ranking features of products and shoppers, and the job that counts popularity. */
@NullMarked
package dev.tideline.engine.features;

import org.jspecify.annotations.NullMarked;
