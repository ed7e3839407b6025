/** Caches in front of the service. They do not know stamps, and are purged by keys. */
@NullMarked
package dev.tideline.cache.edge;

import org.jspecify.annotations.NullMarked;
