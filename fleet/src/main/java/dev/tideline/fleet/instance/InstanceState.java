package dev.tideline.fleet.instance;

import java.util.Locale;

/** The state of an instance, as shown by {@code status}. */
public enum InstanceState {
  STARTING,
  HEALTHY,
  UNHEALTHY,
  DRAINING;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
