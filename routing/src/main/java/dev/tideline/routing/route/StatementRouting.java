package dev.tideline.routing.route;

import dev.tideline.routing.node.BackgroundLoop;
import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.Classification.Reason;
import dev.tideline.routing.sql.SessionEffect;
import dev.tideline.routing.sql.SqlClassifier;
import dev.tideline.routing.sql.StatementKind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes the classifier's copy of the catalog, and records the statements that replicas refuse.
 */
public final class StatementRouting implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StatementRouting.class);

  private static final Duration CATALOG_INTERVAL = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Routes routes;
  private final SqlClassifier classifier = new SqlClassifier();
  private final BackgroundLoop loop;
  private boolean fresh; // used only by the loop's thread once it runs

  public StatementRouting(Routes routes) {
    this.routes = routes;
    this.fresh = load();
    this.loop = BackgroundLoop.start("catalog", this::refresh);
  }

  public Classification classify(String sql) {
    return classifier.classify(sql);
  }

  public SessionEffect effect(String sql) {
    return routes.nodes().effects().apply(sql);
  }

  public void decided(Classification classification) {
    routes.listener().statementClassified(classification);
  }

  /** Called when a replica has refused a statement that was classified as a read. */
  public void learn(String sql) {
    if (classifier.learn(sql)) {
      log.warn("a replica refused a statement classified as a read; it now goes to the primary");
      log.debug("refused statement: {}", sql);
      routes.listener().statementLearned();
    }
  }

  /** Returns this object after reading the catalog again. */
  public StatementRouting reloaded() {
    load();
    return this;
  }

  private synchronized boolean load() {
    // The primary has a new function first. This read is not counted.
    try (Lease lease = routes.read(ReadContext.furthest()).next()) {
      classifier.load(lease.connection());
      routes.nodes().effects().load(lease.connection());
      return true;
    } catch (SQLException | RoutingException e) {
      boolean tooLarge =
          e instanceof SQLException refused
              && SqlClassifier.CATALOG_TOO_LARGE.equals(refused.getSQLState());
      if (tooLarge) {
        log.warn("every statement goes to the primary: {}", e.getMessage());
      }
      log.debug("the catalog cannot be read", e);
      return tooLarge; // it will not be smaller in a second
    }
  }

  private boolean refresh() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep((fresh ? CATALOG_INTERVAL : RETRY).toNanos());
    fresh = load();
    return true;
  }

  /** Whether every replica would refuse a statement although it only reads. */
  public boolean isRefusedByReplicas(String sql) {
    Reason reason = classifier.classify(sql).reason();
    return reason == Reason.UNLOGGED_TABLE || reason == Reason.LEARNED;
  }

  /** Whether a statement makes transactions SERIALIZABLE, which replicas do not support. */
  public boolean asksForSerializable(String sql) {
    return classifier.classify(sql).kind() != StatementKind.READ
        && sql.toLowerCase(Locale.ROOT).contains("serializable");
  }

  /** Where a statement goes outside a transaction. */
  public NodeRole target(Classification classification) {
    return classification.kind() == StatementKind.READ ? NodeRole.REPLICA : NodeRole.PRIMARY;
  }

  @Override
  public void close() {
    loop.close();
  }
}
