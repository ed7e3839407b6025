/** Search in the instance's own index. */
@NullMarked
package dev.tideline.engine.search.lucene;

import org.jspecify.annotations.NullMarked;
