/** Background jobs: their schedule, their progress, and one leader at a time. */
@NullMarked
package dev.tideline.engine.jobs;

import org.jspecify.annotations.NullMarked;
