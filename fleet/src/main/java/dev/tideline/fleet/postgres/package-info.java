@NullMarked
package dev.tideline.fleet.postgres;

import org.jspecify.annotations.NullMarked;
