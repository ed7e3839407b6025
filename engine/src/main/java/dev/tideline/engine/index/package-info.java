/** The search index: products of PostgreSQL in a Lucene index of the instance. */
@NullMarked
package dev.tideline.engine.index;

import org.jspecify.annotations.NullMarked;
