/** The control server of a supervisor, its client, and the status document. */
@NullMarked
package dev.tideline.fleet.control;

import org.jspecify.annotations.NullMarked;
