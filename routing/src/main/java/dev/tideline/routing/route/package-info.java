/** Chooses the node for a read or a write, and the next one if a node fails. */
@NullMarked
package dev.tideline.routing.route;

import org.jspecify.annotations.NullMarked;
