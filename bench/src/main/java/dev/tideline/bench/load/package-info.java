/** How fast one instance answers, under a load that does not wait for it. */
@NullMarked
package dev.tideline.bench.load;

import org.jspecify.annotations.NullMarked;
