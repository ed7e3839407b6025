/** The words of the catalog: how often each occurs, how it is spelled, and what means the same. */
@NullMarked
package dev.tideline.engine.words;

import org.jspecify.annotations.NullMarked;
