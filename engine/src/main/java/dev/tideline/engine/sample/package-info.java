/** A sample shop, whose products and events are generated from a seed. */
@NullMarked
package dev.tideline.engine.sample;

import org.jspecify.annotations.NullMarked;
