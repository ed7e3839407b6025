@NullMarked
package dev.tideline.engine.jobs;

import org.jspecify.annotations.NullMarked;
