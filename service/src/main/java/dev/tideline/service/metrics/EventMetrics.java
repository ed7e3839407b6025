package dev.tideline.service.metrics;

import dev.tideline.engine.events.PartitionStore.Statistics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Events and their partitions. Thread-safe. */
public final class EventMetrics {

  private final Counter eventsAccepted;
  private final Counter eventsRejected;
  private final Gauge partitions;
  private final Gauge partitionBytes;
  private final Gauge partitionDefaultRows;

  EventMetrics(PrometheusRegistry registry) {
    this.eventsAccepted =
        Counter.builder().name("events_accepted_total").help("Events stored.").register(registry);
    this.eventsRejected =
        Counter.builder()
            .name("events_rejected_total")
            .help("Events not stored.")
            .labelNames("reason")
            .register(registry);
    this.partitions =
        Gauge.builder()
            .name("event_partitions")
            .help("Monthly partitions of the events.")
            .register(registry);
    this.partitionBytes =
        Gauge.builder()
            .name("event_partitions_bytes")
            .help("Size of the event partitions on disk, indexes included.")
            .register(registry);
    this.partitionDefaultRows =
        Gauge.builder()
            .name("event_partition_default_rows")
            .help("Events in the default partition, which must stay empty.")
            .register(registry);
    for (String reason : new String[] {"invalid", "duplicate"}) {
      eventsRejected.initLabelValues(reason);
    }
  }

  public void stored(int accepted, int duplicates, int invalid) {
    eventsAccepted.inc(accepted);
    eventsRejected.labelValues("duplicate").inc(duplicates);
    eventsRejected.labelValues("invalid").inc(invalid);
  }

  /** Sets the gauges of the partitions. */
  public void partitionsSeen(Statistics seen) {
    partitions.set(seen.partitions());
    partitionBytes.set((double) seen.bytes());
    partitionDefaultRows.set((double) seen.rowsInDefault());
  }
}
