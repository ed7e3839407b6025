@NullMarked
package dev.tideline.engine.recommend;

import org.jspecify.annotations.NullMarked;
