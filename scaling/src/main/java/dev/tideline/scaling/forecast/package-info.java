/** What traffic is to come, by what has been. */
@NullMarked
package dev.tideline.scaling.forecast;

import org.jspecify.annotations.NullMarked;
