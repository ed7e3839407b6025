package dev.tideline.cache;

/**
 * Loads a value that a cache does not have. It may run on a different thread than the caller's, and
 * its result may be given to other callers with the same key.
 */
@FunctionalInterface
public interface Loader<V> {

  /**
   * Loads a value that is at least as fresh as required.
   *
   * @param freshness {@link Freshness.Eventual} or of the request it is made for
   */
  Loaded<V> load(Freshness freshness);
}
