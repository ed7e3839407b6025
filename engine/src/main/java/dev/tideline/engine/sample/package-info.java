/** A shop of made-up products and events, generated from a seed. */
@NullMarked
package dev.tideline.engine.sample;

import org.jspecify.annotations.NullMarked;
