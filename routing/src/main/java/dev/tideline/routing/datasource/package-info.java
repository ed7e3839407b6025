/**
 * The JDBC {@link javax.sql.DataSource} over the routes: connections, statements and sessions that
 * lead to nodes statement by statement.
 */
@NullMarked
package dev.tideline.routing.datasource;

import org.jspecify.annotations.NullMarked;
