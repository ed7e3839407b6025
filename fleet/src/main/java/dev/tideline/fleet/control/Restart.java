package dev.tideline.fleet.control;

import java.util.List;

/** Replaces all instances. */
@FunctionalInterface
public interface Restart {

  /**
   * Replaces every instance, one at a time, and returns when all are replaced.
   *
   * @return the names of the new instances
   * @throws dev.tideline.embedded.process.ServerException if the fleet is not up, or a new instance
   *     does not become ready
   */
  List<String> replaceEach() throws InterruptedException;
}
