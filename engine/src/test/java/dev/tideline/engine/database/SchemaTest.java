package dev.tideline.engine.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SchemaTest {

  @Test
  void version_isThatOfTheLatestMigration() throws Exception {
    Path folder = Path.of("src/main/resources/dev/tideline/engine/database");
    try (Stream<Path> files = Files.list(folder)) {
      int latest =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.matches("V\\d+__.*\\.sql"))
              .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__"))))
              .max()
              .orElseThrow();
      assertThat(Schema.VERSION).isEqualTo(latest);
    }
  }
}
