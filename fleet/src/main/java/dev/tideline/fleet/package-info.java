/**
 * Runs a whole fleet on one machine: databases, Redis, instances, the balancer, and their
 * supervision.
 */
@NullMarked
package dev.tideline.fleet;

import org.jspecify.annotations.NullMarked;
