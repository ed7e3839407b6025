/** Fills the caches with what will be requested. */
@NullMarked
package dev.tideline.engine.warming;

import org.jspecify.annotations.NullMarked;
