@NullMarked
package dev.tideline.engine.search;

import org.jspecify.annotations.NullMarked;
