@NullMarked
package dev.tideline.engine.sessions;

import org.jspecify.annotations.NullMarked;
