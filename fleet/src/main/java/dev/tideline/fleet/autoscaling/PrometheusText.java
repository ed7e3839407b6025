package dev.tideline.fleet.autoscaling;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Samples in the Prometheus text format. Lines that cannot be parsed are skipped, because the text
 * may contain samples of other libraries.
 */
final class PrometheusText {

  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*})? ([^ ]+)( \\d+)?");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** One sample line. */
  record Sample(String name, String labels, double value) {

    /** The value of a label; the empty string if there is no such label. */
    String label(String wanted) {
      Matcher label = LABEL.matcher(labels);
      while (label.find()) {
        if (label.group(1).equals(wanted)) {
          return label.group(2);
        }
      }
      return "";
    }
  }

  private final List<Sample> samples = new ArrayList<>();

  private PrometheusText() {}

  /** Parses the samples whose names match. */
  static PrometheusText parse(String text, Predicate<String> wanted) {
    PrometheusText parsed = new PrometheusText();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .filter(line -> wanted.test(line.group(1)))
        .forEach(line -> parsed.add(line.group(1), line.group(2), line.group(3)));
    return parsed;
  }

  private void add(String name, String labels, String value) {
    try {
      samples.add(
          new Sample(
              name,
              labels == null ? "" : labels,
              Double.parseDouble(value.replace("Inf", "Infinity"))));
    } catch (NumberFormatException e) {
      // not a number: skip the line
    }
  }

  /** The sum of the matching samples of a name; 0 if there are none. */
  double sum(String name, Predicate<Sample> wanted) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(wanted)
        .mapToDouble(Sample::value)
        .sum();
  }

  boolean has(String name) {
    return samples.stream().anyMatch(sample -> sample.name().equals(name));
  }

  /** A histogram's cumulative counts by upper bound, summed over all matching samples. */
  NavigableMap<Double, Double> buckets(String name, Predicate<Sample> wanted) {
    NavigableMap<Double, Double> buckets = new TreeMap<>();
    for (Sample sample : samples) {
      if (sample.name().equals(name + "_bucket") && wanted.test(sample)) {
        String bound = sample.label("le").replace("+Inf", "Infinity");
        if (!bound.isEmpty()) {
          buckets.merge(Double.parseDouble(bound), sample.value(), Double::sum);
        }
      }
    }
    return buckets;
  }
}
