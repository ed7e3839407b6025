/**
 * Access to PostgreSQL through the router: transactions, COPY, schema migrations, and which errors
 * are temporary.
 */
@NullMarked
package dev.tideline.engine.database;

import org.jspecify.annotations.NullMarked;
