/** A Redis server run as a process on this machine. */
@NullMarked
package dev.tideline.embedded.redis;

import org.jspecify.annotations.NullMarked;
