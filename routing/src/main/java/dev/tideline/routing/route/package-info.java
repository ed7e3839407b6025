/** Which node a read or a write goes to, and which next if one fails. */
@NullMarked
package dev.tideline.routing.route;

import org.jspecify.annotations.NullMarked;
