package dev.tideline.engine.imports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.imports.Importer.Options;
import dev.tideline.engine.imports.Importer.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An importer into a shop of its own, which each test finds empty. */
abstract class ImporterTestCase {

  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final String RETAIL_HEADER =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

  static ShopFixture shop;
  @TempDir Path folder;
  Importer importer;

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void empty() {
    shop.execute(
        "TRUNCATE products CASCADE; TRUNCATE events; TRUNCATE event_ids; TRUNCATE import_shifts; TRUNCATE job_state");
    importer = new Importer(new ImportStore(shop.database()), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  Options options(Source source, FieldMapping mapping, boolean shift) {
    return new Options(source, mapping, ZoneId.of("UTC"), shift, folder.resolve("rejects.csv"));
  }

  ImportReport products(Source source, FieldMapping mapping, Path file) {
    return importer.products(List.of(file), options(source, mapping, false), bytes -> {});
  }

  ImportReport events(Source source, FieldMapping mapping, boolean shift, Path file) {
    return importer.events(List.of(file), options(source, mapping, shift), bytes -> {});
  }

  static void addsUp(ImportReport report) {
    assertThat(report.rows()).isEqualTo(report.loaded() + report.rejectedRows());
  }
}
