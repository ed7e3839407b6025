/** Adds instances to a fleet and removes them, according to a policy of {@code scaling}. */
@NullMarked
package dev.tideline.fleet.autoscaling;

import org.jspecify.annotations.NullMarked;
