/**
 * The outbox: each change of the shop with the tags that it invalidates, read in order by every
 * instance.
 */
@NullMarked
package dev.tideline.engine.outbox;

import org.jspecify.annotations.NullMarked;
