@NullMarked
package dev.tideline.engine.ranking;

import org.jspecify.annotations.NullMarked;
