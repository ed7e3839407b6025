/** Background jobs: when each is due, how far it has come, and one leader at a time. */
@NullMarked
package dev.tideline.engine.jobs;

import org.jspecify.annotations.NullMarked;
