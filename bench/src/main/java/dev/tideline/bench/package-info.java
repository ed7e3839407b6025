/** Measurements, and the comparison with what others would pick. */
@NullMarked
package dev.tideline.bench;

import org.jspecify.annotations.NullMarked;
