package dev.tideline.routing;

import dev.tideline.routing.token.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a write answered, and the position from which on a node shows it.
 *
 * @param position {@link Position#UNKNOWN} if it could not be had after the commit
 */
public record Written<T extends @Nullable Object>(T value, Position position) {}
