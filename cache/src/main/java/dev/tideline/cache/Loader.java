package dev.tideline.cache;

/**
 * Reads what a cache does not have. It may be called on another thread than the one that asked, and
 * its answer may be given to others who ask the same.
 */
@FunctionalInterface
public interface Loader<V> {

  /**
   * Reads, at least as fresh as asked.
   *
   * @param freshness {@link Freshness.Eventual} or of the request it is made for
   */
  Loaded<V> load(Freshness freshness);
}
