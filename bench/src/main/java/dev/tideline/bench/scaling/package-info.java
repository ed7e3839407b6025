/** How fast instances come, and how far more of them carry. */
@NullMarked
package dev.tideline.bench.scaling;

import org.jspecify.annotations.NullMarked;
