@NullMarked
package dev.tideline.engine.events;

import org.jspecify.annotations.NullMarked;
