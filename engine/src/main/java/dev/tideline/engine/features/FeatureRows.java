package dev.tideline.engine.features;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Features of some products, scaled to 0 to 1. Not thread-safe.
 *
 * @param columns for each feature, the i-th number is the i-th product's
 */
public record FeatureRows(Map<Feature, double[]> columns) {

  /** A number of products of which nothing is known. */
  public static FeatureRows unknown(int products) {
    Map<Feature, double[]> columns = new EnumMap<>(Feature.class);
    for (Feature feature : Feature.values()) {
      double[] column = new double[products];
      Arrays.fill(column, feature.unknown());
      columns.put(feature, column);
    }
    return new FeatureRows(columns);
  }

  /** Sets the known features of one product, in the order of the list. */
  void set(int product, List<Feature> features, @Nullable Double[] values) {
    for (int i = 0; i < values.length; i++) {
      @Nullable Double value = values[i];
      double[] column = columns.get(features.get(i));
      if (value != null && column != null) {
        column[product] = Math.clamp(value, 0, 1);
      }
    }
  }

  void set(int product, Feature feature, double value) {
    column(feature)[product] = value;
  }

  double[] column(Feature feature) {
    return Objects.requireNonNull(columns.get(feature));
  }

  /** The same with another column. */
  public FeatureRows with(Feature feature, double[] column) {
    Map<Feature, double[]> others = new EnumMap<>(columns);
    others.put(feature, column);
    return new FeatureRows(others);
  }
}
