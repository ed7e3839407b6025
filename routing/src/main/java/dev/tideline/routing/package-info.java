/**
 * Read/write splitting over one PostgreSQL primary and its streaming replicas.
 *
 * <p>{@link dev.tideline.routing.ReadWriteRouter} is the way in. It runs units of work that say
 * whether they read or write, and gives out a {@link javax.sql.DataSource} that tells by the
 * statement. Reads go to a replica that is fresh enough for what is asked, and are repeated
 * elsewhere when the node they met is gone; writes go to the primary.
 */
@NullMarked
package dev.tideline.routing;

import org.jspecify.annotations.NullMarked;
