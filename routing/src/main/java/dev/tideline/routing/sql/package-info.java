/**
 * Distinguishes statements that only read from all others, by their text and the database's
 * catalog.
 */
@NullMarked
package dev.tideline.routing.sql;

import org.jspecify.annotations.NullMarked;
