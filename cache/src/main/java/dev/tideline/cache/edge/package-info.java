/** Caches before the service, which know no stamps: they are told by keys what to forget. */
@NullMarked
package dev.tideline.cache.edge;

import org.jspecify.annotations.NullMarked;
