/** Search: the query is parsed, candidates are matched and scored, filtered, counted and ranked. */
@NullMarked
package dev.tideline.engine.search;

import org.jspecify.annotations.NullMarked;
