@NullMarked
package dev.tideline.engine.database;

import org.jspecify.annotations.NullMarked;
