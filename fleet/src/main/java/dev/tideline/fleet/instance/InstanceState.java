package dev.tideline.fleet.instance;

import java.util.Locale;

/** What an instance is doing, as {@code status} names it. */
public enum InstanceState {
  STARTING,
  HEALTHY,
  UNHEALTHY,
  DRAINING;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
