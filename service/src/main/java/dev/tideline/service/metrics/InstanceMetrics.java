package dev.tideline.service.metrics;

import dev.tideline.engine.events.PartitionStore.Statistics;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.route.RouteReason;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.service.health.Readiness;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryPoolAllocationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one instance tells Prometheus; names are a contract, and no label takes a value from a user.
 * Thread-safe.
 */
public final class InstanceMetrics implements RoutingListener {

  private static final Logger log = LoggerFactory.getLogger(InstanceMetrics.class);

  /** Units of work on a database that take longer are counted and logged. */
  public static final Duration SLOW_QUERY = Duration.ofMillis(500);

  private static final double[] SECONDS = {
    .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
  };
  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry = new PrometheusRegistry();

  private final Counter requests =
      Counter.builder()
          .name("http_requests_total")
          .help("HTTP requests answered.")
          .labelNames("method", "route", "status")
          .register(registry);
  private final Histogram requestDuration =
      Histogram.builder()
          .name("http_request_duration_seconds")
          .help("Time from the request line to the last byte handed to the network.")
          .labelNames("method", "route")
          .classicUpperBounds(SECONDS)
          .classicOnly()
          .register(registry);
  private final Gauge inFlight =
      Gauge.builder()
          .name("http_requests_in_flight")
          .help("HTTP requests being answered now.")
          .register(registry);
  private final Counter refusals =
      Counter.builder()
          .name("http_refusals_total")
          .help("Connections and requests refused before an answer was sought, and why.")
          .labelNames("reason")
          .register(registry);
  private final Map<String, IntSupplier> connections = new ConcurrentHashMap<>();
  private final Counter reads =
      Counter.builder()
          .name("db_read_queries_total")
          .help("Units of read work given to a node; the primary is named primary.")
          .labelNames("replica")
          .register(registry);
  private final Counter writes =
      Counter.builder()
          .name("db_write_queries_total")
          .help("Units of write work given to a node.")
          .labelNames("database")
          .register(registry);
  private final Counter decisions =
      Counter.builder()
          .name("db_route_decisions_total")
          .help("Where reads and writes were routed, and why.")
          .labelNames("target", "reason")
          .register(registry);
  private final Histogram poolWait =
      Histogram.builder()
          .name("db_pool_wait_seconds")
          .help("Wait for a connection of a pool.")
          .labelNames("pool")
          .classicUpperBounds(SECONDS)
          .classicOnly()
          .register(registry);
  private final Histogram queryDuration =
      Histogram.builder()
          .name("db_query_duration_seconds")
          .help("Time of a unit of work on a database, the wait for a connection included.")
          .labelNames("query")
          .classicUpperBounds(SECONDS)
          .classicOnly()
          .register(registry);
  private final Counter slowQueries =
      Counter.builder()
          .name("db_slow_queries_total")
          .help("Units of work on a database that took longer than 0.5 s.")
          .labelNames("query")
          .register(registry);
  private final Counter eventsAccepted =
      Counter.builder()
          .name("events_accepted_total")
          .help("Events that are on disk.")
          .register(registry);
  private final Counter eventsRejected =
      Counter.builder()
          .name("events_rejected_total")
          .help("Events not stored.")
          .labelNames("reason")
          .register(registry);
  private final Gauge partitions =
      Gauge.builder()
          .name("event_partitions")
          .help("Monthly partitions of the events.")
          .register(registry);
  private final Gauge partitionBytes =
      Gauge.builder()
          .name("event_partitions_bytes")
          .help("What they take on disk, indexes included.")
          .register(registry);
  private final Gauge partitionDefaultRows =
      Gauge.builder()
          .name("event_partition_default_rows")
          .help("Events in the default partition, which must stay empty.")
          .register(registry);
  private final Counter zeroResults =
      Counter.builder()
          .name("search_zero_results_total")
          .help("Searches that found nothing.")
          .register(registry);

  private final CacheMetrics caches = new CacheMetrics(registry, SECONDS);

  public InstanceMetrics(String version) {
    Info.builder()
        .name("build_info")
        .help("The build that runs.")
        .labelNames("version")
        .register(registry)
        .setLabelValues(version);
    jvm();
    for (RouteReason reason : RouteReason.values()) {
      for (NodeRole target : targets(reason)) {
        decisions.initLabelValues(label(target), reason.label());
      }
    }
    for (Refusal reason : Refusal.values()) {
      refusals.initLabelValues(reason.label());
    }
    GaugeWithCallback.builder()
        .name("http_connections")
        .help("Open connections of clients.")
        .labelNames("port")
        .callback(
            callback -> connections.forEach((port, count) -> callback.call(count.getAsInt(), port)))
        .register(registry);
    for (String reason : new String[] {"invalid", "duplicate"}) {
      eventsRejected.initLabelValues(reason);
    }
  }

  /**
   * All but native memory tracking, which is off, and whose MBean loads every other of the platform
   * on a start that is in a hurry.
   */
  private void jvm() {
    JvmThreadsMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmClassLoadingMetrics.builder().register(registry);
    JvmCompilationMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmMemoryPoolAllocationMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  private static List<NodeRole> targets(RouteReason reason) {
    return switch (reason) {
      case BALANCED, CAUGHT_UP, WAITED, STALE -> List.of(NodeRole.REPLICA);
      case BEHIND, OTHER_EPOCH, STRONG, NO_REPLICA, WRITE -> List.of(NodeRole.PRIMARY);
      case REPEATED -> List.of(NodeRole.REPLICA, NodeRole.PRIMARY);
    };
  }

  /** Shows how warm the instance is. */
  public void observe(Readiness readiness) {
    GaugeWithCallback.builder()
        .name("instance_warmth_ratio")
        .help("How near its full speed the instance is, 0 to 1.")
        .callback(callback -> callback.call(readiness.warmth()))
        .register(registry);
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
        .help("The primary's newest known heartbeat less the one that the replica shows.")
        .labelNames("replica")
        .callback(callback ->
            replicas(router)
                .forEach(node ->
                    node.lag().ifPresent(lag -> callback.call(lag.toNanos() / NANOS, node.name()))))
        .register(registry);
    GaugeWithCallback.builder()
        .name("db_replication_lag_bytes")
        .help("Write-ahead log of the primary that the replica has not replayed.")
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

  /**
   * Exports how many connections a port has.
   *
   * @param port its name
   */
  public void observeConnections(String port, IntSupplier count) {
    connections.put(port, count);
  }

  /** Counts what was refused before an answer was sought. */
  public void refused(Refusal why) {
    refusals.labelValues(why.label()).inc();
  }

  /** What caches tell. */
  public CacheMetrics caches() {
    return caches;
  }

  public PrometheusRegistry registry() {
    return registry;
  }

  /** Counts a request as under way until {@link #requestAnswered}. */
  public GaugeDataPoint requestsInFlight() {
    return inFlight;
  }

  /**
   * Counts an answered request.
   *
   * @param route the pattern, not the path
   */
  public void requestAnswered(String method, String route, int status, Duration duration) {
    requests.labelValues(method, route, Integer.toString(status)).inc();
    requestDuration.labelValues(method, route).observe(duration.toNanos() / NANOS);
  }

  public void eventsStored(int accepted, int duplicates, int invalid) {
    eventsAccepted.inc(accepted);
    eventsRejected.labelValues("duplicate").inc(duplicates);
    eventsRejected.labelValues("invalid").inc(invalid);
  }

  /** Takes note of how the events' partitions are. */
  public void partitionsSeen(Statistics seen) {
    partitions.set(seen.partitions());
    partitionBytes.set((double) seen.bytes());
    partitionDefaultRows.set((double) seen.rowsInDefault());
  }

  public void nothingFound() {
    zeroResults.inc();
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
