/**
 * The outbox: each change of the shop with the tags that it makes stale, read by every instance in
 * order.
 */
@NullMarked
package dev.tideline.engine.outbox;

import org.jspecify.annotations.NullMarked;
