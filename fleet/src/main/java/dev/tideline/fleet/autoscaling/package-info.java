/** Adds instances to a fleet and takes them out, as a policy of {@code scaling} decides. */
@NullMarked
package dev.tideline.fleet.autoscaling;

import org.jspecify.annotations.NullMarked;
