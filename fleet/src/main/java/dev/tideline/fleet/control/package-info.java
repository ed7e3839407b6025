/** The control port of a supervisor, its client, and the status document that they exchange. */
@NullMarked
package dev.tideline.fleet.control;

import org.jspecify.annotations.NullMarked;
