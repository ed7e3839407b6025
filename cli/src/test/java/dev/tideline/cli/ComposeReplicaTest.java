package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * How a replica of {@code compose.yaml} copies the primary, with PostgreSQL's programs replaced.
 */
final class ComposeReplicaTest {

  /** Refuses, as the real one does, a folder with files and a slot that is there. */
  private static final String COPY =
      """
      #!/bin/sh
      echo try >>"$STATE/tries"
      [ -z "$(ls -A "$PGDATA")" ] || { echo 'directory exists but is not empty' >&2; exit 1; }
      [ ! -e "$STATE/slot" ] || { echo 'replication slot already exists' >&2; exit 1; }
      touch "$STATE/slot" "$PGDATA/PG_VERSION"
      [ "$(wc -l <"$STATE/tries")" -gt "$FAILURES" ]
      """;

  @TempDir Path folder;

  @BeforeEach
  void programs() throws IOException {
    Files.createDirectories(folder.resolve("bin"));
    program("pg_basebackup", COPY);
    program("psql", "#!/bin/sh\nrm \"$STATE/slot\"\n");
    program("sleep", "#!/bin/sh\n");
    program("postgres", "#!/bin/sh\necho started\n");
  }

  private void program(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve("bin").resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(int failures) throws Exception {
    String script =
        YAMLMapper.builder()
            .build()
            .readTree(Files.readString(Path.of("../deploy/docker/compose.yaml")))
            .get("x-replica")
            .get("entrypoint")
            .get(2)
            .stringValue()
            .replace("$$", "$");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-ec", script)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("PGDATA", folder.resolve("data/18").toString());
    builder.environment().put("HOSTNAME", "replica_1");
    builder.environment().put("STATE", folder.toString());
    builder.environment().put("FAILURES", Integer.toString(failures));
    return builder.start();
  }

  private long tries() throws IOException {
    return Files.readAllLines(folder.resolve("tries")).size();
  }

  @Test
  void firstCopyBreaksOff_theNextOneSucceeds_andARestartCopiesNothing() throws Exception {
    assertThat(start(1).waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    assertThat(tries()).isEqualTo(2);
    assertThat(Files.readString(folder.resolve("log"))).contains("copy 1", "started");

    assertThat(start(0).waitFor()).isZero();
    assertThat(tries()).isEqualTo(2);
  }

  @Test
  void everyCopyFails_endsAndSaysSo() throws Exception {
    assertThat(start(100).waitFor()).isEqualTo(1);
    assertThat(tries()).isEqualTo(10);
    assertThat(Files.readString(folder.resolve("log"))).doesNotContain("started");
  }
}
