/** Positions as signed tokens that clients pass from their writes to their reads. */
@NullMarked
package dev.tideline.routing.token;

import org.jspecify.annotations.NullMarked;
