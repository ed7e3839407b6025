package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.redis.RedisServer;
import example.CacheExample;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example in the documentation is this source, and it runs. */
final class DocumentedExampleIT {

  @Test
  void document_showsTheSourceThatRunsHere() throws Exception {
    String document = Files.readString(Path.of("../docs/caching.md"));
    for (String source : List.of("CacheExample", "MugStore")) {
      assertThat(document)
          .contains(Files.readString(Path.of("src/test/java/example/" + source + ".java")));
    }
  }

  @Test
  void example_runs() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (TestDatabases databases = TestDatabases.start(0);
        RedisServer redis = databases.startRedis();
        Connection admin = databases.postgres().connectAsAdmin(0);
        Statement grant = admin.createStatement()) {
      grant.execute("GRANT ALL ON SCHEMA public TO " + Credentials.APPLICATION);
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      CacheExample.main(
          new String[] {
            "%s?user=%s&password=%s"
                .formatted(
                    databases.postgres().url(0),
                    Credentials.APPLICATION,
                    databases.postgres().credentials().application()),
            redis.url()
          });
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("blue LOADED", "blue LOCAL", "red LOADED");
  }
}
