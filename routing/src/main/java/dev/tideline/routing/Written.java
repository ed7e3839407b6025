package dev.tideline.routing;

import dev.tideline.routing.token.Position;
import org.jspecify.annotations.Nullable;

/**
 * The result of a write, and the position that a node must reach to show it.
 *
 * @param position {@link Position#UNKNOWN} if it could not be determined after the commit
 */
public record Written<T extends @Nullable Object>(T value, Position position) {}
