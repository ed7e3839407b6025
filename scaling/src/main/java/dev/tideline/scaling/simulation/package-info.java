/** Simulates what a policy would have done with recorded traffic. */
@NullMarked
package dev.tideline.scaling.simulation;

import org.jspecify.annotations.NullMarked;
