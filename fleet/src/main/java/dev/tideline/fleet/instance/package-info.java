/** Instances as supervised processes: start, health checks, replacement and removal. */
@NullMarked
package dev.tideline.fleet.instance;

import org.jspecify.annotations.NullMarked;
