/**
 * Read/write splitting over one PostgreSQL primary and its streaming replicas.
 *
 * <p>{@link dev.tideline.routing.ReadWriteRouter} is the entry point. It runs units of work that
 * are declared as reads or writes, and provides a {@link javax.sql.DataSource} that classifies each
 * statement. Reads go to a replica that is fresh enough for the requested consistency, and are
 * retried on another node if theirs is lost. Writes go to the primary.
 */
@NullMarked
package dev.tideline.routing;

import org.jspecify.annotations.NullMarked;
