package dev.tideline.engine.search;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.imports.FieldMapping;
import dev.tideline.engine.imports.ImportStore;
import dev.tideline.engine.imports.Importer;
import dev.tideline.engine.imports.Importer.Options;
import dev.tideline.engine.imports.Importer.Source;
import dev.tideline.engine.words.VocabularyStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The catalog of real products that queries are tried on, where it is there. */
final class EsciShop {

  private static final Path DATA = Path.of("../../shared/data");

  private EsciShop() {}

  /** Loads it; skips the test where it is absent, though not under CI. */
  static void load(ShopFixture shop) throws IOException {
    Path file = DATA.resolve("esci/products.csv.gz");
    assumeThat(Files.exists(file) || System.getenv("CI") != null).isTrue();
    Path rejects = Files.createTempFile("rejects", ".csv");
    new Importer(new ImportStore(shop.database()), Clock.systemUTC())
        .products(
            List.of(file),
            new Options(Source.ESCI, FieldMapping.NONE, ZoneOffset.UTC, false, rejects),
            bytes -> {});
    Files.delete(rejects);
    new VocabularyStore(shop.database()).rebuild();
  }

  /** Queries that people typed, of both data sets. */
  static List<String> queries() throws IOException {
    List<String> esci = column("esci/queries_even.csv.gz", ",");
    List<String> wands = column("wands/queries_even.tsv.gz", "\t");
    return java.util.stream.Stream.concat(esci.stream(), wands.stream()).toList();
  }

  private static List<String> column(String name, String separator) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(DATA.resolve(name))),
                StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .skip(1)
          .map(line -> line.split(separator, -1)[1].replace("\"\"", "\"").replaceAll("^\"|\"$", ""))
          .toList();
    }
  }
}
