package dev.tideline.engine.database;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and writes the JSON that is kept in PostgreSQL and in caches. Numbers stay exact.
 * Everything that {@code jsonb} can hold can be read, so that stored values stay readable.
 */
public final class StoredJson {

  /** PostgreSQL's {@code numeric}: 131,072 digits before the point and 16,383 behind it. */
  private static final int NUMBER_LENGTH_MAX = 150_000;

  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNumberLength(NUMBER_LENGTH_MAX).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private StoredJson() {}
}
