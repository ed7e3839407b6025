/** Products: validation, storage and cached reads. */
@NullMarked
package dev.tideline.engine.catalog;

import org.jspecify.annotations.NullMarked;
