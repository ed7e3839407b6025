/**
 * Brings files of products and events into the database: read, mapped row by row, copied into a
 * staging table, merged. What cannot be taken goes to a file with line number and reason; the same
 * file twice changes nothing.
 */
@NullMarked
package dev.tideline.engine.imports;

import org.jspecify.annotations.NullMarked;
