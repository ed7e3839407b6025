@NullMarked
package dev.tideline.fleet.control;

import org.jspecify.annotations.NullMarked;
