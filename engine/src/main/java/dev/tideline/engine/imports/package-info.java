/**
 * Imports files of products and events: rows are read, mapped, copied into a staging table and
 * merged. Rejected rows are written to a file with line number and reason. Importing the same file
 * twice changes nothing.
 */
@NullMarked
package dev.tideline.engine.imports;

import org.jspecify.annotations.NullMarked;
