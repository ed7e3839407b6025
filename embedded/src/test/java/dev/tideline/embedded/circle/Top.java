package dev.tideline.embedded.circle;

import dev.tideline.embedded.circle.low.Bottom;

/** Uses the package below it, which uses this one. */
public final class Top {
  public final Bottom bottom = new Bottom(this);
}
