package dev.tideline.engine.search;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.routing.node.RoutingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what is searched for, by the normalised query and the hour, and writes it to the database
 * every few seconds: what to warm; and who searched, once a day: what to suggest. A count may be
 * lost with its instance. Thread-safe.
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

  /** Somebody who searched for something and was shown something; told once however often. */
  record Asker(String query, String actor) {}

  /** What has been counted since the last write. */
  record Counted(Map<String, Count> counts, Set<Asker> askers) {

    static Counted none() {
      return new Counted(new HashMap<>(), new HashSet<>());
    }
  }

  private final QueryLogStore store;
  private final BackgroundLoop periodic;
  private Counted counted = Counted.none();

  public QueryLog(QueryLogStore store) {
    this.store = store;
    this.periodic = BackgroundLoop.every(WRITE_INTERVAL, "query-log", this::write);
  }

  /**
   * Counts a query that was answered.
   *
   * @param actor who asked, by {@link Identifiers#actor}; empty if neither user nor session is told
   * @param empty whether nothing was found
   */
  public void add(String normalizedQuery, Optional<String> actor, boolean empty) {
    if (normalizedQuery.isEmpty() || normalizedQuery.length() > LENGTH_MAX) {
      return;
    }
    synchronized (this) {
      if (counted.counts.size() < QUERIES_MAX || counted.counts.containsKey(normalizedQuery)) {
        counted.counts.merge(normalizedQuery, new Count(1, empty ? 1 : 0), Count::plus);
      }
      if (!empty && counted.askers.size() < QUERIES_MAX) {
        actor.ifPresent(who -> counted.askers.add(new Asker(normalizedQuery, who)));
      }
    }
  }

  private synchronized Counted take() {
    Counted taken = counted;
    counted = Counted.none();
    return taken;
  }

  /** Writes what has been counted since. */
  public void write() {
    Counted taken = take();
    if (taken.counts.isEmpty()) {
      return;
    }
    try {
      store.add(taken);
    } catch (RoutingException e) {
      log.debug("no database to count queries in", e);
    } catch (RuntimeException e) {
      log.warn("cannot count {} queries", taken.counts.size(), e);
    }
  }

  @Override
  public void close() {
    periodic.close();
    write();
  }
}
