@NullMarked
package dev.tideline.engine.features;

import org.jspecify.annotations.NullMarked;
