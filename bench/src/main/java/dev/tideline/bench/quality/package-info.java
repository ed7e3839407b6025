/** How good answers are, by what people judged or did. */
@NullMarked
package dev.tideline.bench.quality;

import org.jspecify.annotations.NullMarked;
