/** Reads what will be asked for before it is. */
@NullMarked
package dev.tideline.engine.warming;

import org.jspecify.annotations.NullMarked;
