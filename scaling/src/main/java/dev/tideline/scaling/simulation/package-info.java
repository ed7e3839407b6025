/** What a policy would have done to recorded traffic. */
@NullMarked
package dev.tideline.scaling.simulation;

import org.jspecify.annotations.NullMarked;
