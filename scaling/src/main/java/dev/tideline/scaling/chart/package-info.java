/** Pictures of what happened over time. */
@NullMarked
package dev.tideline.scaling.chart;

import org.jspecify.annotations.NullMarked;
