package dev.tideline.engine.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A kind of product of the sample shop, a line of {@code catalog.txt}: the words from which its
 * products are generated.
 */
record ProductKind(
    String category,
    List<String> names,
    List<String> qualities,
    List<String> materials,
    List<String> benefits,
    double lowestPrice,
    double highestPrice) {

  private static final Pattern COLUMN = Pattern.compile(" \\| ");

  static List<ProductKind> all() {
    try (InputStream in = ProductKind.class.getResourceAsStream("catalog.txt")) {
      if (in == null) {
        throw new IllegalStateException("catalog.txt is missing from the jar");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(ProductKind::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ProductKind parse(String line) {
    String[] columns = COLUMN.split(line, -1);
    String[] prices = columns[5].strip().split("-", 2);
    return new ProductKind(
        columns[0],
        list(columns[1], ","),
        list(columns[2], ","),
        list(columns[3], ","),
        list(columns[4], ";"),
        Double.parseDouble(prices[0]),
        Double.parseDouble(prices[1]));
  }

  private static List<String> list(String text, String separator) {
    return Pattern.compile(separator).splitAsStream(text).map(String::strip).toList();
  }

  String department() {
    return category.substring(0, category.indexOf(" > "));
  }
}
