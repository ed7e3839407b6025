/** Scaling policies: decide when a fleet needs more or fewer instances, and give the reasons. */
@NullMarked
package dev.tideline.scaling.policy;

import org.jspecify.annotations.NullMarked;
