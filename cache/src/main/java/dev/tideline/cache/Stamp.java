package dev.tideline.cache;

/**
 * A place in the history of what is cached: of an entry, one such that every invalidation
 * positioned at or before it was visible to the read that made the entry. Places are compared
 * within an epoch alone.
 *
 * @param epoch the name of the history, empty if it is not known
 * @param position grows with time; 0 if it is not known
 */
public record Stamp(String epoch, long position) {

  /** Of what must not be cached. */
  public static final Stamp UNKNOWN = new Stamp("", 0);

  public boolean isKnown() {
    return !epoch.isEmpty() && position > 0;
  }
}
