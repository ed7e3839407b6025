/** Forecasts of traffic from its history. */
@NullMarked
package dev.tideline.scaling.forecast;

import org.jspecify.annotations.NullMarked;
