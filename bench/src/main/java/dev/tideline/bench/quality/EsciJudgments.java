package dev.tideline.bench.quality;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Queries and what people said of products.
 *
 * @param queries by id
 * @param gains by query id and product id: exact 1, substitute 0.1, complement 0.01, irrelevant 0
 */
record EsciJudgments(Map<String, String> queries, Map<String, Map<String, Double>> gains) {

  static final double SUBSTITUTE = 0.1;

  private static final double GAIN_UNIT = 100;

  /** Reads {@code queries_even.csv.gz} and {@code judgments_even.csv.gz}. */
  static EsciJudgments read(Path folder) throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    try (CsvReader<NamedCsvRecord> rows = open(folder.resolve("queries_even.csv.gz"))) {
      rows.forEach(row -> queries.put(row.getField("query_id"), row.getField("query")));
    }
    Map<String, Map<String, Double>> gains = new HashMap<>();
    try (CsvReader<NamedCsvRecord> rows = open(folder.resolve("judgments_even.csv.gz"))) {
      rows.forEach(row ->
          gains
              .computeIfAbsent(row.getField("query_id"), key -> new HashMap<>())
              .put(
                  row.getField("product_id"),
                  Double.parseDouble(row.getField("gain")) / GAIN_UNIT));
    }
    return new EsciJudgments(queries, gains);
  }

  private static CsvReader<NamedCsvRecord> open(Path file) throws IOException {
    InputStream in = new GZIPInputStream(Files.newInputStream(file));
    return CsvReader.builder().ofNamedCsvRecord(in);
  }
}
