package dev.tideline.engine.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tideline.engine.imports.Importer.Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real data sets, where they are there; in CI they are. */
final class SharedDataIT extends ImporterTestCase {

  private static Path shared(String file) {
    Path path = Path.of("../../shared/data").resolve(file);
    boolean there = Files.exists(path);
    if (System.getenv("CI") == null) {
      assumeThat(there).as("the shared data sets are here").isTrue();
    } else {
      assertThat(there).as(path + " is here in CI").isTrue();
    }
    return path;
  }

  @Test
  void products_wholeEsci_allLoad() {
    ImportReport report = products(Source.ESCI, FieldMapping.NONE, shared("esci/products.csv.gz"));
    addsUp(report);
    assertThat(report.created()).isEqualTo(6_764);
    assertThat(report.rejectedRows()).isZero();
  }

  /** What a file of Online Retail has, counted without us. */
  private record Retail(Path file, long rows, long cancellations, long adjustments) {}

  @Test
  void tenthOfOnlineRetail_isExplainedRowByRowAndIdempotent() throws IOException {
    Path whole = shared("online_retail/online_retail.csv.gz");
    Path tenth = folder.resolve("tenth.csv");
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(whole)), StandardCharsets.UTF_8))) {
      List<String> lines = new ArrayList<>();
      lines.add(in.readLine());
      in.lines().skip(270_000 - 1).limit(54_190).forEach(lines::add);
      Files.write(tenth, lines);
    }
    explainedRowByRowAndIdempotent(new Retail(tenth, 54_190, 995, 3));
  }

  @Test
  @Tag("long")
  void wholeOnlineRetail_isExplainedRowByRowAndIdempotent() {
    Path whole = shared("online_retail/online_retail.csv.gz");
    assertThat(explainedRowByRowAndIdempotent(new Retail(whole, 541_909, 9_288, 3)))
        .isEqualTo(3_791);
  }

  /** Answers how many products there were. */
  private long explainedRowByRowAndIdempotent(Retail retail) {
    ImportReport products = products(Source.ONLINE_RETAIL, FieldMapping.NONE, retail.file());
    addsUp(products);
    assertThat(products.rows()).isEqualTo(retail.rows());

    ImportReport events = events(Source.ONLINE_RETAIL, FieldMapping.NONE, true, retail.file());
    addsUp(events);
    assertThat(events.rows()).isEqualTo(retail.rows());
    assertThat(events.rejected())
        .containsEntry("cancellation", retail.cancellations())
        .containsEntry("adjustment", retail.adjustments());
    assertThat(events.created()).isEqualTo(events.loaded());

    ImportReport again = events(Source.ONLINE_RETAIL, FieldMapping.NONE, true, retail.file());
    assertThat(again.created()).isZero();
    assertThat(again.unchanged()).isEqualTo(events.created());
    return products.created();
  }
}
