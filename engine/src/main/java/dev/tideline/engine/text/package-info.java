/** Text analysis: what the words of a text are, for the index and for queries, in each language. */
@NullMarked
package dev.tideline.engine.text;

import org.jspecify.annotations.NullMarked;
