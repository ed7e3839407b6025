/** Shoppers' events: validation, group commit, and monthly partitions with their retention. */
@NullMarked
package dev.tideline.engine.events;

import org.jspecify.annotations.NullMarked;
