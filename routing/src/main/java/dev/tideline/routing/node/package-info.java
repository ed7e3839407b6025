/**
 * The servers of a cluster: pools, probes, replication lag, positions, and the leases of their
 * connections. {@link Nodes} holds them all. Only the settings, the states and {@link
 * RoutingException} are for users.
 */
@NullMarked
package dev.tideline.routing.node;

import org.jspecify.annotations.NullMarked;
