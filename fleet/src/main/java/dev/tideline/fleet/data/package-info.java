/**
 * The data directory of a fleet: its files, its secrets, and the file of the supervisor that owns
 * it.
 */
@NullMarked
package dev.tideline.fleet.data;

import org.jspecify.annotations.NullMarked;
