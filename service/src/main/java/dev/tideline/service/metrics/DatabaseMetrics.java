package dev.tideline.service.metrics;

import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.route.RouteReason;
import dev.tideline.routing.route.RoutingListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where reads and writes go, how the nodes are, and how long statements take. Thread-safe. */
public final class DatabaseMetrics implements RoutingListener {

  private static final Logger log = LoggerFactory.getLogger(DatabaseMetrics.class);

  /** Units of work on a database that take longer are counted and logged. */
  public static final Duration SLOW_QUERY = Duration.ofMillis(500);

  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry;
  private final Counter reads;
  private final Counter writes;
  private final Counter decisions;
  private final Histogram poolWait;
  private final Histogram queryDuration;
  private final Counter slowQueries;

  DatabaseMetrics(PrometheusRegistry registry, double[] seconds) {
    this.registry = registry;
    this.reads =
        Counter.builder()
            .name("db_read_queries_total")
            .help("Reads by node; the primary is named primary.")
            .labelNames("replica")
            .register(registry);
    this.writes =
        Counter.builder()
            .name("db_write_queries_total")
            .help("Writes by node.")
            .labelNames("database")
            .register(registry);
    this.decisions =
        Counter.builder()
            .name("db_route_decisions_total")
            .help("Where reads and writes were routed, and why.")
            .labelNames("target", "reason")
            .register(registry);
    this.poolWait =
        Histogram.builder()
            .name("db_pool_wait_seconds")
            .help("Wait for a connection of a pool.")
            .labelNames("pool")
            .classicUpperBounds(seconds)
            .classicOnly()
            .register(registry);
    this.queryDuration =
        Histogram.builder()
            .name("db_query_duration_seconds")
            .help("Time of database work, the wait for a connection included.")
            .labelNames("query")
            .classicUpperBounds(seconds)
            .classicOnly()
            .register(registry);
    this.slowQueries =
        Counter.builder()
            .name("db_slow_queries_total")
            .help("Database work that took longer than 0.5 s.")
            .labelNames("query")
            .register(registry);
    for (RouteReason reason : RouteReason.values()) {
      for (NodeRole target : targets(reason)) {
        decisions.initLabelValues(label(target), reason.label());
      }
    }
  }

  private static List<NodeRole> targets(RouteReason reason) {
    return switch (reason) {
      case BALANCED, CAUGHT_UP, WAITED, STALE -> List.of(NodeRole.REPLICA);
      case BEHIND, OTHER_EPOCH, STRONG, NO_REPLICA, WRITE -> List.of(NodeRole.PRIMARY);
      case REPEATED -> List.of(NodeRole.REPLICA, NodeRole.PRIMARY);
    };
  }

  /** Exports the state of a router's nodes and pools from now on. */
  public void observe(ReadWriteRouter router) {
    for (NodeStatus node : router.nodes()) {
      reads.initLabelValues(node.name());
      poolWait.initLabelValues(node.name());
      if (node.role() == NodeRole.PRIMARY) {
        writes.initLabelValues(node.name());
      }
    }
    GaugeWithCallback.builder()
        .name("db_replica_up")
        .help("1 if the last probe or statement reached the replica, else 0.")
        .labelNames("replica")
        .callback(callback ->
            replicas(router).forEach(node -> callback.call(node.up() ? 1 : 0, node.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("db_replication_lag_seconds")
        .help("Newest known heartbeat of the primary minus the heartbeat that the replica shows.")
        .labelNames("replica")
        .callback(callback ->
            replicas(router)
                .forEach(node ->
                    node.lag().ifPresent(lag -> callback.call(lag.toNanos() / NANOS, node.name()))))
        .register(registry);
    GaugeWithCallback.builder()
        .name("db_replication_lag_bytes")
        .help("Bytes of the primary's write-ahead log that the replica has not replayed.")
        .labelNames("replica")
        .callback(callback ->
            replicas(router)
                .filter(node -> node.lagBytes() >= 0)
                .forEach(node -> callback.call((double) node.lagBytes(), node.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("db_pool_connections")
        .help("Connections of a pool by state; pending: callers waiting for one.")
        .labelNames("pool", "state")
        .callback(callback ->
            router
                .nodes()
                .forEach(node -> {
                  callback.call(node.pool().active(), node.name(), "active");
                  callback.call(node.pool().idle(), node.name(), "idle");
                  callback.call(node.pool().pending(), node.name(), "pending");
                  callback.call(node.pool().max(), node.name(), "max");
                }))
        .register(registry);
  }

  private static Stream<NodeStatus> replicas(ReadWriteRouter router) {
    return router.nodes().stream().filter(node -> node.role() == NodeRole.REPLICA);
  }

  /** Records a unit of work on a database; see {@code ShopDatabase}. */
  public void queryRan(String query, Duration duration) {
    queryDuration.labelValues(query).observe(duration.toNanos() / NANOS);
    if (duration.compareTo(SLOW_QUERY) > 0) {
      slowQueries.labelValues(query).inc();
      log.warn("slow query {}: {} ms", query, duration.toMillis());
    }
  }

  @Override
  public void readRouted(String node, NodeRole role, RouteReason reason) {
    reads.labelValues(node).inc();
    decisions.labelValues(label(role), reason.label()).inc();
  }

  private static String label(NodeRole role) {
    return switch (role) {
      case PRIMARY -> "primary";
      case REPLICA -> "replica";
    };
  }

  @Override
  public void writeRouted(String node) {
    writes.labelValues(node).inc();
    decisions.labelValues(label(NodeRole.PRIMARY), RouteReason.WRITE.label()).inc();
  }

  @Override
  public void connectionAcquired(String node, Duration wait) {
    poolWait.labelValues(node).observe(wait.toNanos() / NANOS);
  }
}
