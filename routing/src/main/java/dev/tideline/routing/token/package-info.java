/** Positions as signed text that clients carry from their writes to their reads. */
@NullMarked
package dev.tideline.routing.token;

import org.jspecify.annotations.NullMarked;
