package dev.tideline.engine.index;

import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.database.StoredJson;
import tools.jackson.databind.json.JsonMapper;

/** What lists show of a product, as the index stores it. */
final class StoredSummary {

  private static final JsonMapper JSON = StoredJson.MAPPER;

  private StoredSummary() {}

  static byte[] bytes(ProductSummary summary) {
    return JSON.writeValueAsBytes(summary);
  }

  static ProductSummary read(byte[] bytes, int offset, int length) {
    return JSON.readValue(bytes, offset, length, ProductSummary.class);
  }
}
