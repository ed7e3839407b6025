package dev.tideline.cache.edge;

import java.io.IOException;
import java.util.List;

/** A cache in front of the service that can be purged. Thread-safe. */
public interface EdgeCache {

  /** As metrics and logs name it. */
  String name();

  /** Most keys that one call may name. */
  int keysMax();

  /**
   * Has it forget all that was kept under any of the keys; returns when it says that it has.
   *
   * @param keys as {@link SurrogateKeys} writes them
   * @throws IOException if it may not have
   */
  void purge(List<String> keys) throws IOException, InterruptedException;
}
