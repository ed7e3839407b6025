package dev.tideline.cli;

import dev.tideline.engine.imports.FieldMapping;
import dev.tideline.engine.imports.ImportReport;
import dev.tideline.engine.imports.ImportStore;
import dev.tideline.engine.imports.Importer;
import dev.tideline.engine.imports.Importer.Options;
import dev.tideline.engine.imports.Importer.Source;
import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.jobs.Job.Pace;
import dev.tideline.engine.jobs.JobScheduler;
import dev.tideline.engine.storefront.ShopJobs;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.fleet.data.FleetJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Brings files of products or events in. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Import products or events from CSV, TSV or JSON lines, plain or gzip.",
      "Fields of products that a file has no column for stay as they are. Rows that cannot be taken go to",
      "a file beside it, with line number and reason; it can be imported again. The same file twice",
      "changes nothing. Exits 0 if the rest went in, 1 if nothing did."
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline import products catalog.csv --map product_id=sku --map title=name --default currency=EUR",
      "  ./tideline import events clicks.jsonl.gz --default type=click",
      "  ./tideline import products prices.csv        product_id, price, currency of known products",
      "  ./tideline import products catalog.csv.rejects.csv        after mending it",
      "  ./tideline import products --source esci products.csv.gz",
      "  ./tideline import products --source online-retail online_retail.csv.gz",
      "  ./tideline import synonyms synonyms.csv",
      "  ./tideline import events --source online-retail --shift-to now online_retail.csv.gz",
      "",
      "Fields of products: product_id, title, description, brand, category, price, currency, in_stock,",
      "created_at, attributes.NAME. Fields of events: event_id, user_id, session_id, product_id, type,",
      "quantity, value, query, source, occurred_at. Fields of synonyms: term, synonym, two_way (true); they",
      "take the place of all there were."
    })
final class ImportCommand implements Callable<Integer> {

  enum What {
    PRODUCTS,
    EVENTS,
    SYNONYMS
  }

  static final class SourceConverter implements ITypeConverter<Source> {
    @Override
    public Source convert(String value) {
      return switch (value) {
        case "online-retail" -> Source.ONLINE_RETAIL;
        case "esci" -> Source.ESCI;
        default -> throw new TypeConversionException("online-retail or esci, not " + value);
      };
    }
  }

  static final class ZoneConverter implements ITypeConverter<ZoneId> {
    @Override
    public ZoneId convert(String value) {
      try {
        return ZoneId.of(value);
      } catch (DateTimeException e) {
        throw new TypeConversionException("a time zone such as Europe/London, not " + value);
      }
    }
  }

  @Parameters(
      index = "0",
      paramLabel = "products|events|synonyms",
      description = "Kind of records in the files.")
  What what = What.PRODUCTS;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "The files.")
  List<Path> files = List.of();

  @Mixin DataOption data = new DataOption();

  @Option(
      names = "--source",
      description = "A known data set: online-retail or esci.",
      converter = SourceConverter.class)
  Source source = Source.GENERIC;

  @Option(
      names = "--map",
      paramLabel = "FIELD=COLUMN",
      description = "Map a field to a column of another name.")
  Map<String, String> columns = Map.of();

  @Option(
      names = "--default",
      paramLabel = "FIELD=VALUE",
      description = "Value of a field that a record does not have.")
  Map<String, String> defaults = Map.of();

  @Option(
      names = "--zone",
      description = "Time zone of times without one (UTC).",
      converter = ZoneConverter.class)
  ZoneId zone = ZoneId.of("UTC");

  @Option(
      names = "--shift-to",
      paramLabel = "now",
      description =
          "Move all times so that the latest event is now; for the same contents always by as much.")
  @Nullable String shiftTo;

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description = {
        "File for rejected rows, or an existing folder",
        "(default: beside each file, NAME.rejects.csv, .tsv or .jsonl)."
      })
  @Nullable Path rejects;

  @Option(
      names = "--clear-missing",
      description = "Empty the fields of products that a file has no column for.")
  boolean clearMissing;

  @Option(names = "--json", description = "Print the report as one JSON object.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    check();
    for (Path folder : Importer.unwritableFolders(files, rejects)) {
      System.err.printf(
          "tideline: cannot write to %s: the first rejected row would end the import. Choose another file with --rejects FILE%n",
          folder);
    }
    Options options =
        new Options(
            source,
            new FieldMapping(columns, defaults),
            zone,
            shiftTo != null,
            rejects,
            clearMissing);
    try (ShopAccess shop = ShopAccess.open(data, System.getenv())) {
      Importer importer = new Importer(new ImportStore(shop.database()), Clock.systemUTC());
      ImportReport report;
      try (Progress progress = Progress.start("import", Importer.totalSize(files), "bytes")) {
        report =
            switch (what) {
              case PRODUCTS -> importer.products(files, options, progress::reach);
              case EVENTS -> importer.events(files, options, progress::reach);
              case SYNONYMS ->
                  importer.synonyms(
                      files, options, new VocabularyStore(shop.database()), progress::reach);
            };
        progress.done();
      }
      if (what != What.SYNONYMS && report.created() + report.changed() > 0) {
        Job.Context context = JobCommand.context(shop, Pace.FULL, done -> {});
        JobCommand.runFirst(context, "import");
        JobScheduler.run(ShopJobs.SUGGESTIONS, context, "import");
      }
      print(report);
      return report.loaded() > 0 ? 0 : 1;
    }
  }

  private void check() {
    for (Path file : files) {
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw new CommandException("cannot read " + file);
      }
    }
    if (shiftTo != null && !shiftTo.equals("now")) {
      throw new CommandException("--shift-to takes now, not " + shiftTo);
    }
    if (shiftTo != null && what != What.EVENTS) {
      throw new CommandException("--shift-to is for events");
    }
    if (clearMissing && what != What.PRODUCTS) {
      throw new CommandException("--clear-missing is for products");
    }
    if (source != Source.GENERIC && what == What.SYNONYMS) {
      throw new CommandException("--source is for products and events");
    }
    if (source != Source.GENERIC && !(columns.isEmpty() && defaults.isEmpty())) {
      throw new CommandException("--map and --default do not go with --source");
    }
  }

  private void print(ImportReport report) {
    if (json) {
      System.out.println(FleetJson.MAPPER.writeValueAsString(report));
      return;
    }
    String noun = what.name().toLowerCase(Locale.ROOT);
    System.out.printf(
        "%d rows = %d loaded + %d rejected%n",
        report.rows(), report.loaded(), report.rejectedRows());
    System.out.printf(
        "  %s: %d new, %d changed, %d there already%n",
        noun, report.created(), report.changed(), report.unchanged());
    if (!report.rejected().isEmpty()) {
      System.out.println(
          "  rejected: "
              + report.rejected().entrySet().stream()
                  .map(entry -> entry.getKey() + " " + entry.getValue())
                  .collect(Collectors.joining(", ")));
      System.out.println("  rejected rows are in " + String.join(", ", report.rejectFiles()));
    }
    report.notes().forEach(note -> System.out.println("  note: " + note));
  }
}
