package dev.tideline.engine.search;

import dev.tideline.engine.Periodic;
import dev.tideline.routing.RoutingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what is searched for, by the normalised query and the hour, and writes it to the database
 * every few seconds: what to suggest, what to warm. A count may be lost with its instance.
 * Thread-safe.
 */
public final class QueryLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(QueryLog.class);

  private static final Duration WRITE_INTERVAL = Duration.ofSeconds(5);

  /** Between two writes; beyond that new queries are not counted. */
  static final int QUERIES_MAX = 10_000;

  /** Longer ones are no query that anybody else types. */
  private static final int LENGTH_MAX = 100;

  /** How often a query was asked, and how often nothing was found. */
  record Count(long asked, long empty) {

    Count plus(Count other) {
      return new Count(asked + other.asked, empty + other.empty);
    }
  }

  private final QueryLogStore store;
  private final Periodic periodic;
  private Map<String, Count> counts = new HashMap<>();

  public QueryLog(QueryLogStore store) {
    this.store = store;
    this.periodic = Periodic.start("query-log", WRITE_INTERVAL, this::write);
  }

  /** Counts a query that was answered. */
  public void add(String normalizedQuery, boolean empty) {
    if (normalizedQuery.isEmpty() || normalizedQuery.length() > LENGTH_MAX) {
      return;
    }
    synchronized (this) {
      if (counts.size() < QUERIES_MAX || counts.containsKey(normalizedQuery)) {
        counts.merge(normalizedQuery, new Count(1, empty ? 1 : 0), Count::plus);
      }
    }
  }

  private synchronized Map<String, Count> take() {
    Map<String, Count> taken = counts;
    counts = new HashMap<>();
    return taken;
  }

  /** Writes what has been counted since. */
  public void write() {
    Map<String, Count> taken = take();
    if (taken.isEmpty()) {
      return;
    }
    try {
      store.add(taken);
    } catch (RoutingException e) {
      log.debug("no database to count queries in", e);
    } catch (RuntimeException e) {
      log.warn("cannot count {} queries", taken.size(), e);
    }
  }

  @Override
  public void close() {
    periodic.close();
    write();
  }
}
