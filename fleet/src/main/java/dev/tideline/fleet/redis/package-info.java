@NullMarked
package dev.tideline.fleet.redis;

import org.jspecify.annotations.NullMarked;
