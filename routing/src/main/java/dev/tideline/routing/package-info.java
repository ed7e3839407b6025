/**
 * Read/write splitting over one PostgreSQL primary and its streaming replicas.
 *
 * <p>{@link dev.tideline.routing.ReadWriteRouter} is the way in: reads go to a replica by turns and
 * are repeated elsewhere when the node they met is gone; writes go to the primary.
 */
@NullMarked
package dev.tideline.routing;

import org.jspecify.annotations.NullMarked;
