/** Distributes requests over instances: a built-in balancer, and one that runs NGINX. */
@NullMarked
package dev.tideline.fleet.balancer;

import org.jspecify.annotations.NullMarked;
