/** Liveness, readiness, and the state of what an instance depends on. */
@NullMarked
package dev.tideline.service.health;

import org.jspecify.annotations.NullMarked;
