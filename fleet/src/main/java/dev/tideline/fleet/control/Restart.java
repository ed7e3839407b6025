package dev.tideline.fleet.control;

import java.util.List;

/** Puts new instances in the place of all there are. */
@FunctionalInterface
public interface Restart {

  /**
   * Returns when each has been replaced.
   *
   * @return the names of the new ones
   * @throws dev.tideline.embedded.process.ServerException if there are none yet, or a new one does
   *     not become ready
   */
  List<String> replaceEach() throws InterruptedException;
}
