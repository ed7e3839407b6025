package dev.tideline.engine.imports;

import dev.tideline.engine.events.Event;
import dev.tideline.engine.imports.EventMergeStore.Shift;
import dev.tideline.engine.imports.ImportStore.EventStaging;
import dev.tideline.engine.imports.ImportStore.Merged;
import dev.tideline.engine.imports.ImportStore.Origin;
import dev.tideline.engine.imports.ImportStore.ProductStaging;
import dev.tideline.engine.imports.ImportStore.Work;
import dev.tideline.engine.words.Synonyms;
import dev.tideline.engine.words.VocabularyStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Imports files, each call in one transaction, so that a file that ends early changes nothing. */
public final class Importer {

  /** The source of a file's records. */
  public enum Source {
    /** Records whose fields are named, or mapped to names. */
    GENERIC,
    ONLINE_RETAIL,
    ESCI
  }

  /**
   * How to import files.
   *
   * @param zone the zone of times that name none, in generic files
   * @param shiftToNow whether times are shifted so that the latest event is now
   * @param rejects a file or a folder for rejected rows; null for beside each file
   * @param clearMissing whether fields of products that a file lacks are cleared; otherwise they
   *     stay unchanged
   */
  public record Options(
      Source source,
      FieldMapping mapping,
      ZoneId zone,
      boolean shiftToNow,
      @Nullable Path rejects,
      boolean clearMissing) {

    /** Options that leave fields unchanged that a file lacks. */
    public Options(
        Source source,
        FieldMapping mapping,
        ZoneId zone,
        boolean shiftToNow,
        @Nullable Path rejects) {
      this(source, mapping, zone, shiftToNow, rejects, false);
    }
  }

  /** Events with an earlier time are rejected as damaged. */
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
   * @param progress receives how many bytes of all files have been read
   * @throws ImportException if a file cannot be read; nothing is changed
   */
  public ImportReport products(List<Path> files, Options options, LongConsumer progress) {
    try (ImportRun<ProductChange> run = run(files, options, progress)) {
      run.check(products(options));
      // products gathered over all files are merged last
      Merged merged = store.products(files.size() + 1, new ProductWork(files, options, run));
      return run.report(merged);
    }
  }

  private static RecordMapper<ProductChange> products(Options options) {
    return switch (options.source()) {
      case GENERIC -> new GenericProducts(options.mapping(), options.clearMissing());
      case ONLINE_RETAIL -> new OnlineRetailProducts(options.clearMissing());
      case ESCI -> new EsciProducts(options.clearMissing());
    };
  }

  private record ProductWork(List<Path> files, Options options, ImportRun<ProductChange> run)
      implements Work<ProductStaging> {

    @Override
    public void stage(ProductStaging staging) {
      RecordMapper<ProductChange> mapper = products(options);
      run.read(
          mapper,
          (number, record, row) ->
              staging.add(Origin.of(number, record), row.value(), row.createdAt()));
      for (Mapped.Row<ProductChange> row : mapper.gathered()) {
        staging.add(new Origin(files.size(), "", 0, ""), row.value(), row.createdAt());
      }
    }

    @Override
    public void reject(String raw, RejectMark mark) {
      run.reject(raw, mark);
    }

    @Override
    public void finish() {
      run.finish();
    }
  }

  /**
   * Imports events.
   *
   * @param progress receives how many bytes of all files have been read
   * @throws ImportException if a file cannot be read; nothing is changed
   */
  public ImportReport events(List<Path> files, Options options, LongConsumer progress) {
    Instant now = clock.instant();
    RecordMapper<Event> mapper = events(options);
    try (ImportRun<Event> run = run(files, options, progress)) {
      run.check(mapper);
      Merged merged =
          store.events(
              () -> new Shift(options.shiftToNow() ? now : null, key(options, run)),
              new EventWork(record -> inTime(mapper.map(record), now), run));
      return run.report(merged);
    }
  }

  private static RecordMapper<Event> events(Options options) {
    return switch (options.source()) {
      case GENERIC -> new GenericEvents(options.mapping(), options.zone());
      case ONLINE_RETAIL -> new OnlineRetailEvents();
      case ESCI -> new EsciEvents();
    };
  }

  /** All files of a known data set share one key, so that they are shifted by the same time. */
  private static String key(Options options, ImportRun<Event> run) {
    return switch (options.source()) {
      case GENERIC -> run.contents();
      case ONLINE_RETAIL -> OnlineRetailEvents.SOURCE;
      case ESCI -> EsciEvents.SOURCE;
    };
  }

  private record EventWork(RecordMapper<Event> mapper, ImportRun<Event> run)
      implements Work<EventStaging> {

    @Override
    public void stage(EventStaging staging) {
      run.read(
          mapper, (number, record, row) -> staging.add(Origin.of(number, record), row.value()));
    }

    @Override
    public void reject(String raw, RejectMark mark) {
      run.reject(raw, mark);
    }

    @Override
    public void finish() {
      run.finish();
    }
  }

  /**
   * Imports synonyms, which replace all stored ones. Synonyms of reject files are added instead,
   * because the others are stored already. If no row can be imported, nothing is changed.
   *
   * @param progress receives how many bytes of all files have been read
   * @throws ImportException if a file cannot be read; nothing is changed
   */
  public ImportReport synonyms(
      List<Path> files, Options options, VocabularyStore vocabulary, LongConsumer progress) {
    RecordMapper<Synonyms.Rule> mapper = new SynonymRows(options.mapping());
    try (ImportRun<Synonyms.Rule> run = run(files, options, progress)) {
      run.check(mapper);
      List<Synonyms.Rule> rules = new ArrayList<>();
      run.read(mapper, (number, record, row) -> rules.add(row.value()));
      run.finish();
      if (run.isOfRejects() && !rules.isEmpty()) {
        vocabulary.addSynonyms(rules);
        run.note("these rows had been rejected before: they were added to the synonyms there are");
      } else if (!rules.isEmpty()) {
        vocabulary.replaceSynonyms(rules);
      }
      return run.report(new Merged(rules.size(), 0, 0));
    }
  }

  private static <T> ImportRun<T> run(List<Path> files, Options options, LongConsumer progress) {
    return new ImportRun<>(files, options.mapping(), options.rejects(), progress);
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

  /** The size of all files in bytes, for progress. */
  public static long totalSize(List<Path> files) {
    return ImportRun.totalSize(files);
  }

  /**
   * Folders of input files in which rejected rows cannot be written, so that the first rejected row
   * would end the import.
   */
  public static List<Path> unwritableFolders(List<Path> files, @Nullable Path rejects) {
    return Rejects.unwritableFolders(files, rejects);
  }
}
