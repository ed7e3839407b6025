package dev.tideline.bench.scaling;

import dev.tideline.fleet.autoscaling.ScalingHistory;
import dev.tideline.fleet.instance.InstancePool;
import dev.tideline.fleet.instance.InstanceState;
import dev.tideline.scaling.chart.TimeChart;
import dev.tideline.scaling.chart.TimeChart.Line;
import dev.tideline.scaling.chart.TimeChart.Panel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What happened in each five seconds of a run. */
final class ScalingTimeline {

  private static final Duration STEP = Duration.ofSeconds(5);
  private static final long LONGEST_NANOS = Duration.ofSeconds(20).toNanos();

  /** One step; latencies in milliseconds. */
  private record Row(Instant at, double rate, double p95, long failed, int instances) {}

  private record Note(Instant at, String text) {}

  private final InstancePool pool;
  private final Duration target;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<Row> rows = new CopyOnWriteArrayList<>();
  private final List<Note> notes = new CopyOnWriteArrayList<>();
  private final AtomicLong failed = new AtomicLong();
  private volatile ConcurrentHistogram latencies = new ConcurrentHistogram(LONGEST_NANOS, 3);
  private Instant start = Instant.EPOCH;

  ScalingTimeline(InstancePool pool, Duration target) {
    this.pool = pool;
    this.target = target;
  }

  void begin() {
    start = Instant.now();
    clock.scheduleAtFixedRate(this::row, STEP.toMillis(), STEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  void answered(URI request, HttpResponse<Void> answer, long nanos) {
    latencies.recordValue(Math.min(nanos, LONGEST_NANOS));
    if (answer.statusCode() != 200) {
      failed.incrementAndGet();
    }
  }

  private void row() {
    Histogram step = latencies;
    latencies = new ConcurrentHistogram(LONGEST_NANOS, 3);
    int healthy =
        (int) pool.views().stream().filter(view -> view.state() == InstanceState.HEALTHY).count();
    rows.add(
        new Row(
            Instant.now(),
            step.getTotalCount() / (double) STEP.toSeconds(),
            step.getValueAtPercentile(95) / 1e6,
            failed.getAndSet(0),
            healthy));
  }

  void note(String text) {
    notes.add(new Note(Instant.now(), text));
  }

  void end() {
    clock.shutdown();
  }

  double worstP95Millis() {
    return rows.stream().mapToDouble(Row::p95).max().orElse(0);
  }

  int mostInstances() {
    return rows.stream().mapToInt(Row::instances).max().orElse(0);
  }

  List<String> notes() {
    return notes.stream()
        .map(note ->
            "%4d s: %s".formatted(Duration.between(start, note.at()).toSeconds(), note.text()))
        .toList();
  }

  void write(Path folder, List<ScalingHistory.Event> events) throws IOException {
    Files.createDirectories(folder);
    events
        .reversed()
        .forEach(event ->
            notes.add(
                new Note(
                    event.decision().at(),
                    "%s to %d: %s"
                        .formatted(
                            event.decision().action().label(),
                            event.decision().to(),
                            String.join("; ", event.decision().reasons())))));
    notes.sort((one, other) -> one.at().compareTo(other.at()));
    List<String> lines = new ArrayList<>();
    lines.add("second,requests_per_second,p95_ms,failed,instances,events");
    Instant from = start;
    for (Row row : rows) {
      Instant since = from;
      String happened =
          String.join(
              " | ",
              notes.stream()
                  .filter(note -> !note.at().isBefore(since) && note.at().isBefore(row.at()))
                  .map(Note::text)
                  .toList());
      lines.add(
          String.format(
              Locale.ROOT,
              "%d,%.1f,%.1f,%d,%d,\"%s\"",
              Duration.between(start, row.at()).toSeconds(),
              row.rate(),
              row.p95(),
              row.failed(),
              row.instances(),
              happened.replace("\"", "\"\"")));
      from = row.at();
    }
    Files.write(folder.resolve("timeline.csv"), lines);
    Files.writeString(folder.resolve("timeline.svg"), chart());
  }

  private String chart() {
    return TimeChart.svg(
        "1x to 10x and back",
        start,
        rows.getLast().at(),
        List.of(
            panel("requests/s", "requests/s", Row::rate, false, OptionalDouble.empty()),
            panel("p95, ms", "p95", Row::p95, false, OptionalDouble.of(target.toMillis())),
            panel("instances", "instances", Row::instances, true, OptionalDouble.empty())));
  }

  private Panel panel(
      String title, String name, ToDoubleFunction<Row> value, boolean steps, OptionalDouble mark) {
    return new Panel(
        title, List.of(new Line(name, rows.stream().mapToDouble(value).toArray(), steps)), mark);
  }
}
