/** What caching saves, and what it costs. */
@NullMarked
package dev.tideline.bench.cache;

import org.jspecify.annotations.NullMarked;
