@NullMarked
package dev.tideline.engine.preferences;

import org.jspecify.annotations.NullMarked;
