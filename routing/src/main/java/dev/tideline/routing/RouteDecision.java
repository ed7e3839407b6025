package dev.tideline.routing;

import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.sql.Classification;

/**
 * Where a statement goes outside a transaction.
 *
 * @param target {@link NodeRole#REPLICA} means a usable replica, or the primary if there is none
 */
public record RouteDecision(NodeRole target, Classification why) {}
