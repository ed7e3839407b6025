@NullMarked
package dev.tideline.engine.suggest;

import org.jspecify.annotations.NullMarked;
