@NullMarked
package dev.tideline.fleet.process;

import org.jspecify.annotations.NullMarked;
