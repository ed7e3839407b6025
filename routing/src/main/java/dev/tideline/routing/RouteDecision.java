package dev.tideline.routing;

import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.sql.Classification;

/**
 * Where a statement goes outside a transaction.
 *
 * @param target {@link NodeRole#REPLICA} while one is fit, or the primary
 */
public record RouteDecision(NodeRole target, Classification why) {}
