/** Charts of values over time. */
@NullMarked
package dev.tideline.scaling.chart;

import org.jspecify.annotations.NullMarked;
