/** When a fleet is to have more instances, or fewer: decisions, with their reasons. */
@NullMarked
package dev.tideline.scaling.policy;

import org.jspecify.annotations.NullMarked;
