package dev.tideline.service.config;

import dev.tideline.engine.index.IndexSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which engine searches.
 *
 * @param index how the instance keeps its index; empty if PostgreSQL searches
 */
public record SearchConfig(Optional<IndexSettings> index) {

  private static final String ENGINE = "TIDELINE_SEARCH_ENGINE";
  private static final String POSTGRES = "postgres";
  private static final String LUCENE = "lucene";

  static SearchConfig from(EnvironmentReader reader) {
    reader.oneOf(ENGINE, List.of(POSTGRES, LUCENE));
    Path directory =
        reader
            .text("TIDELINE_INDEX_DIR")
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "tideline-index"));
    return new SearchConfig(
        reader.text(ENGINE).orElse(POSTGRES).equals(LUCENE)
            ? Optional.of(IndexSettings.in(directory))
            : Optional.empty());
  }
}
