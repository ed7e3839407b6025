/** Everything that shoppers read, wired together. */
@NullMarked
package dev.tideline.engine.storefront;

import org.jspecify.annotations.NullMarked;
