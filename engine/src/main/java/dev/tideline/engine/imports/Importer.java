package dev.tideline.engine.imports;

import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.events.Event;
import dev.tideline.engine.imports.ImportStore.Merged;
import dev.tideline.engine.search.Synonyms;
import dev.tideline.engine.search.VocabularyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Imports files: each call in one transaction, so that a file that breaks off leaves nothing
 * behind.
 */
public final class Importer {

  /** What a file's records are. */
  public enum Source {
    /** Records whose fields are named, or mapped to names. */
    GENERIC,
    ONLINE_RETAIL,
    ESCI
  }

  /**
   * How to read.
   *
   * @param zone of times that name none, in generic files
   * @param shiftToNow move times so that the latest event is now
   * @param rejects where rows go that cannot be taken
   */
  public record Options(
      Source source, FieldMapping mapping, ZoneId zone, boolean shiftToNow, Path rejects) {}

  /** No event is older: times before it are damage. */
  private static final Instant EARLIEST =
      OffsetDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC).toInstant();

  private static final Duration FUTURE_MAX = Duration.ofDays(1);

  private final ImportStore store;
  private final Clock clock;

  public Importer(ImportStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Imports products.
   *
   * @param progress hears how many bytes of all files are read
   * @throws ImportException if a file cannot be read; nothing is changed then
   */
  public ImportReport products(List<Path> files, Options options, LongConsumer progress) {
    RecordMapper<ProductDraft> mapper =
        switch (options.source()) {
          case GENERIC -> new GenericProducts(options.mapping());
          case ONLINE_RETAIL -> new OnlineRetailProducts();
          case ESCI -> new EsciProducts();
        };
    try (RejectFile rejects = new RejectFile(options.rejects())) {
      Tally tally = new Tally();
      Merged merged =
          store.products(
              staging -> {
                readAll(
                    files,
                    progress,
                    mapper,
                    rejects,
                    tally,
                    (record, row) ->
                        staging.add(
                            record.file(),
                            record.line(),
                            record.raw(),
                            row.value(),
                            row.createdAt()));
                for (Mapped.Row<ProductDraft> row : mapper.gathered()) {
                  staging.add("", 0, "", row.value(), row.createdAt());
                }
              },
              (file, line, raw) -> {
                tally.taken--;
                rejects.add(file, line, "duplicate_id", "a later row has the same product id", raw);
              });
      return report(tally, rejects, merged);
    }
  }

  /**
   * Imports events.
   *
   * @param progress hears how many bytes of all files are read
   * @throws ImportException if a file cannot be read; nothing is changed then
   */
  public ImportReport events(List<Path> files, Options options, LongConsumer progress) {
    String source = sourceName(files, options);
    RecordMapper<Event> mapper =
        switch (options.source()) {
          case GENERIC -> new GenericEvents(options.mapping(), source, options.zone());
          case ONLINE_RETAIL -> new OnlineRetailEvents();
          case ESCI -> new EsciEvents();
        };
    Instant now = clock.instant();
    RecordMapper<Event> bounded = record -> inTime(mapper.map(record), now);
    try (RejectFile rejects = new RejectFile(options.rejects())) {
      Tally tally = new Tally();
      Merged merged =
          store.events(
              source,
              options.shiftToNow() ? now : null,
              staging ->
                  readAll(
                      files,
                      progress,
                      bounded,
                      rejects,
                      tally,
                      (record, row) ->
                          staging.add(record.file(), record.line(), record.raw(), row.value())),
              (file, line, raw) -> {
                tally.taken--;
                rejects.add(file, line, "repeat", "an earlier row is the same", raw);
              });
      return report(tally, rejects, merged);
    }
  }

  /**
   * Imports synonyms, in place of all there were: what is in no file is gone. Where no row can be
   * taken, nothing is changed.
   *
   * @param progress hears how many bytes of all files are read
   * @throws ImportException if a file cannot be read; nothing is changed then
   */
  public ImportReport synonyms(
      List<Path> files, Options options, VocabularyStore vocabulary, LongConsumer progress) {
    try (RejectFile rejects = new RejectFile(options.rejects())) {
      Tally tally = new Tally();
      List<Synonyms.Rule> rules = new ArrayList<>();
      readAll(
          files,
          progress,
          new SynonymRows(options.mapping()),
          rejects,
          tally,
          (record, row) -> rules.add(row.value()));
      if (!rules.isEmpty()) {
        vocabulary.replaceSynonyms(rules);
      }
      return report(tally, rejects, new Merged(rules.size(), 0, 0));
    }
  }

  /** Rows read, and rows taken so far. */
  private static final class Tally {
    private long rows;
    private long taken;
  }

  private static ImportReport report(Tally tally, RejectFile rejects, Merged merged) {
    return new ImportReport(
        tally.rows,
        tally.taken,
        rejects.counts(),
        merged.created(),
        merged.changed(),
        merged.unchanged());
  }

  private static String sourceName(List<Path> files, Options options) {
    return switch (options.source()) {
      case ONLINE_RETAIL -> OnlineRetailEvents.SOURCE;
      case ESCI -> EsciEvents.SOURCE;
      case GENERIC -> "file:" + files.getFirst().getFileName();
    };
  }

  private static Mapped<Event> inTime(Mapped<Event> mapped, Instant now) {
    if (mapped instanceof Mapped.Row<Event>(Event event, var created)) {
      Instant time = event.occurredAt();
      if (time.isBefore(EARLIEST) || time.isAfter(now.plus(FUTURE_MAX))) {
        return Mapped.rejected("invalid_occurred_at", time + " is before 2000 or in the future");
      }
    }
    return mapped;
  }

  private static <T> void readAll(
      List<Path> files,
      LongConsumer progress,
      RecordMapper<T> mapper,
      RejectFile rejects,
      Tally tally,
      BiConsumer<SourceRecord, Mapped.Row<T>> sink) {
    long before = 0;
    for (Path file : files) {
      long base = before;
      new RecordReader(file, bytes -> progress.accept(base + bytes))
          .read(record -> take(record, mapper, rejects, tally, sink));
      before += size(file);
    }
  }

  private static <T> void take(
      SourceRecord record,
      RecordMapper<T> mapper,
      RejectFile rejects,
      Tally tally,
      BiConsumer<SourceRecord, Mapped.Row<T>> sink) {
    tally.rows++;
    @Nullable String damage = record.damage();
    if (damage != null) {
      rejects.add(record.file(), record.line(), "damaged", damage, record.raw());
      return;
    }
    switch (mapper.map(record)) {
      case Mapped.Row<T> row -> {
        tally.taken++;
        sink.accept(record, row);
      }
      case Mapped.Gathered<T> gathered -> tally.taken++;
      case Mapped.Rejected<T>(String reason, String message) ->
          rejects.add(record.file(), record.line(), reason, message, record.raw());
    }
  }

  /** Bytes of all files, for progress. */
  public static long totalSize(List<Path> files) {
    return files.stream().mapToLong(Importer::size).sum();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new ImportException("cannot read " + file, e);
    }
  }
}
