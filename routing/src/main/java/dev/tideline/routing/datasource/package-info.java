/**
 * The JDBC {@link javax.sql.DataSource} of the router: connections, statements and sessions that
 * are routed statement by statement.
 */
@NullMarked
package dev.tideline.routing.datasource;

import org.jspecify.annotations.NullMarked;
