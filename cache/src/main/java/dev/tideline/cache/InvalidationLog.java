package dev.tideline.cache;

import java.util.Collection;
import java.util.List;

/**
 * The record of all invalidations, written in the transactions that made them necessary: nothing is
 * lost, whatever dies.
 */
public interface InvalidationLog {

  /**
   * What a read of the log found.
   *
   * @param horizon where the node stood before the log was read
   * @param rows in no order
   * @param floor the highest position that a start left out, or that has been pruned
   */
  record Page(Stamp horizon, List<Invalidation> rows, long floor) {}

  /**
   * Reads the latest of the log: of the last minutes, up to a bound.
   *
   * @throws RuntimeException if it cannot be read
   */
  Page start();

  /**
   * Reads, from the most advanced node of the history there is, where that node stands and then
   * every row that has no position, or one past {@code after}, or that is among the pending.
   *
   * @throws RuntimeException if it cannot be read
   */
  Page read(long after, Collection<Long> pending);
}
