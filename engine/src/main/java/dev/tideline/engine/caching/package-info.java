/** The caches of a shop: what they hold, for how long, and what makes entries stale. */
@NullMarked
package dev.tideline.engine.caching;

import org.jspecify.annotations.NullMarked;
