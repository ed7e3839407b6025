package dev.tideline.embedded.circle.low;

import dev.tideline.embedded.circle.Top;

/** Closes the circle. */
public record Bottom(Top top) {}
