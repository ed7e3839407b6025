/**
 * Spreads requests over instances: health checks that are common to all balancers, one built in,
 * one that drives NGINX.
 */
@NullMarked
package dev.tideline.fleet.balancer;

import org.jspecify.annotations.NullMarked;
