package dev.tideline.engine.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.events.PartitionJob.Report;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartitionJobIT {

  private static final Instant NOW = Instant.parse("2026-07-15T12:00:00Z");
  private static final Duration KEEP = Duration.ofDays(365);

  private static ShopFixture shop;
  private static PartitionStore store;

  @TempDir Path archive;

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
    store = new PartitionStore(shop.database());
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void partitions() {
    job(Optional.empty()).run(NOW);
  }

  @AfterEach
  void empty() {
    shop.execute("TRUNCATE events");
    store.detachEndedBefore(NOW.minus(KEEP));
    store.detached().forEach(store::drop);
  }

  private static PartitionJob job(Optional<Retention> retention) {
    return new PartitionJob(store, retention);
  }

  private PartitionJob archiving() {
    return job(Optional.of(new Retention(KEEP, Optional.of(archive))));
  }

  /** So many events, one a minute from the beginning of a month. */
  private static void insert(String month, int count) {
    shop.execute(
        """
        INSERT INTO events (event_id, user_id, product_id, type, query, occurred_at)
        SELECT gen_random_uuid(), 'u', 'p', 'view', E'a "b",\nc', '%s-01T00:00:00Z'::timestamptz + g * interval '1 minute'
        FROM generate_series(0, %d - 1) g\
        """
            .formatted(month, count));
  }

  private static long count(String table) {
    return Long.parseLong(shop.query("SELECT count(*) FROM " + table));
  }

  private static boolean exists(String table) {
    return !shop.query("SELECT to_regclass('" + table + "')").equals("null");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(archive)) {
      return files.sorted().toList();
    }
  }

  /** Events in an archive: each has an id in its first field. */
  private static long events(Path file) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("event_id,user_id,");
      return lines.lines().filter(line -> line.matches("[0-9a-f-]{36},u,.*")).count();
    }
  }

  @Test
  void run_makesTheMonthsAhead_once() {
    for (String month : List.of("2026_06", "2026_07", "2026_08", "2026_09", "2026_10")) {
      assertThat(exists("events_" + month)).as(month).isTrue();
    }
    assertThat(job(Optional.empty()).run(NOW)).isEqualTo(new Report(0, 0, 0, 0));
  }

  private static Event event(UUID id, Instant time) {
    return new Event(id, "u", null, "p", EventType.VIEW, null, null, null, null, time);
  }

  @Test
  void run_idsOlderThanAWeek_areForgotten() {
    shop.execute(
        """
        TRUNCATE event_ids;
        INSERT INTO event_ids SELECT gen_random_uuid(), now() - interval '7 days 1 minute'
        FROM generate_series(1, %d);
        INSERT INTO event_ids SELECT gen_random_uuid(), now() - interval '6 days 23 hours' FROM generate_series(1, 30)\
        """
            .formatted(PartitionStore.IDS_PART + 70));
    assertThat(job(Optional.empty()).run(NOW).ids()).isEqualTo(PartitionStore.IDS_PART + 70);
    assertThat(count("event_ids")).isEqualTo(30);
  }

  @Test
  void write_sameEventAfterItsIdWasForgotten_spoilsNothing() {
    Instant time = NOW.minus(Duration.ofDays(20));
    UUID id = UUID.randomUUID();
    EventStore events = new EventStore(shop.database());
    events.insert(List.of(event(id, time)));
    shop.execute("DELETE FROM event_ids");
    UUID other = UUID.randomUUID();
    assertThat(events.insert(List.of(event(id, time), event(other, time))).value())
        .containsExactly(other);
    assertThat(count("events")).isEqualTo(2);
  }

  @Test
  void write_valueThatTheDatabaseRefuses_isToldByItself() {
    Event good = event(UUID.randomUUID(), NOW);
    UUID bad = UUID.randomUUID();
    BigDecimal tooLarge = new BigDecimal("1e13");
    Event refused = new Event(bad, "u", null, "p", EventType.VIEW, null, tooLarge, null, null, NOW);
    try (EventWriter writer = new EventWriter(new EventStore(shop.database()))) {
      EventReceipt receipt = writer.write(List.of(good, refused));
      assertThat(receipt.accepted()).containsExactly(good);
      assertThat(receipt.refused()).isEqualTo(Map.of(bad, "22003"));
    }
    assertThat(count("events")).isEqualTo(1);
  }

  @Test
  void run_rowsInTheDefaultPartition_areMovedToOnesOfTheirOwn() {
    insert("2019-05", 30);
    insert("2019-12", 20);
    insert("2026-07", 10);
    assertThat(store.statistics().rowsInDefault()).isEqualTo(50);
    assertThat(job(Optional.empty()).run(NOW).made()).isEqualTo(2);
    assertThat(store.statistics().rowsInDefault()).isZero();
    assertThat(count("events_2019_05")).isEqualTo(30);
    assertThat(count("events_2019_12")).isEqualTo(20);
    assertThat(count("events")).isEqualTo(60);
    assertThat(store.statistics().partitions()).isGreaterThanOrEqualTo(7);
    assertThat(store.statistics().bytes()).isPositive();
    insert("2019-05", 5); // and from now on they go straight there
    assertThat(count("events_2019_05")).isEqualTo(35);
  }

  @Test
  void run_pastRetention_isArchivedThenDropped() throws Exception {
    insert("2024-01", 100);
    insert("2024-02", 200);
    insert("2026-06", 50);
    Report report = archiving().run(NOW);
    assertThat(report.retired()).isEqualTo(2);
    assertThat(report.rows()).isEqualTo(300);
    assertThat(files()).hasSize(2);
    assertThat(files().get(0).getFileName().toString()).startsWith("events_2024_01_");
    assertThat(events(files().get(0))).isEqualTo(100);
    assertThat(events(files().get(1))).isEqualTo(200);
    assertThat(count("events")).isEqualTo(50);
    assertThat(store.detached()).isEmpty();
    assertThat(archiving().run(NOW)).isEqualTo(new Report(0, 0, 0, 0));
    assertThat(files()).hasSize(2);
  }

  @Test
  void run_monthThatIsPartlyWithinRetention_isKept() {
    insert("2025-07", 10); // ends sixteen days after the limit
    assertThat(archiving().run(NOW).retired()).isZero();
    assertThat(count("events")).isEqualTo(10);
  }

  @Test
  void run_afterOneThatBrokeOff_goesOn() throws Exception {
    insert("2024-03", 40);
    job(Optional.empty()).run(NOW);
    assertThat(store.detachEndedBefore(NOW.minus(KEEP))).hasSize(1);
    Files.writeString(archive.resolve(store.detached().getFirst() + ".new"), "half a file");
    insert("2024-03", 7); // late ones, after the month was detached
    assertThat(archiving().run(NOW).rows()).isEqualTo(47);
    long archived = 0;
    for (Path file : files()) {
      archived += file.toString().endsWith(".gz") ? events(file) : 0;
    }
    assertThat(archived).isEqualTo(47);
    assertThat(count("events")).isZero();
  }

  @Test
  void run_onSeveralInstancesAtOnce_losesNothingAndDoublesNothing() throws Exception {
    for (int month = 1; month <= 6; month++) {
      insert("2023-0" + month, 100 + month);
    }
    long before = count("events");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Report>> runs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        runs.add(threads.submit(() -> archiving().run(NOW)));
      }
      long rows = 0;
      for (Future<Report> run : runs) {
        rows += run.get().rows();
      }
      // What one had in hand the others left; nothing is left over.
      rows += archiving().run(NOW).rows();
      assertThat(rows).isEqualTo(before);
    }
    long archived = 0;
    for (Path file : files()) {
      archived += events(file);
    }
    assertThat(archived).isEqualTo(before);
    assertThat(count("events")).isZero();
  }

  @Test
  void run_withoutAnArchive_drops() {
    insert("2024-01", 10);
    Report report = job(Optional.of(new Retention(KEEP, Optional.empty()))).run(NOW);
    assertThat(report).isEqualTo(new Report(1, 1, 10, 0));
    assertThat(count("events")).isZero();
  }

  @Test
  void run_archiveThatCannotBeWritten_keepsTheRows() throws Exception {
    insert("2024-01", 10);
    Path file = Files.writeString(archive.resolve("file"), "not a folder");
    PartitionJob broken = job(Optional.of(new Retention(KEEP, Optional.of(file))));
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> broken.run(NOW)))
        .hasMessageContaining("cannot archive to");
    assertThat(count(store.detached().getFirst())).isEqualTo(10);
    assertThat(archiving().run(NOW).rows()).isEqualTo(10);
  }
}
