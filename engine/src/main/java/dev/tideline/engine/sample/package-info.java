@NullMarked
package dev.tideline.engine.sample;

import org.jspecify.annotations.NullMarked;
