/** What of the shop is cached, for how long, and what makes it stale. */
@NullMarked
package dev.tideline.engine.caching;

import org.jspecify.annotations.NullMarked;
