package dev.tideline.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogRotationTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int BYTES = 4 << 10;

  @TempDir Path folder;
  private Path log;

  @BeforeEach
  void name() {
    log = folder.resolve("instance-1.log");
  }

  /** As the servers' standard output is opened. */
  private OutputStream writer() throws IOException {
    return Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void write(OutputStream to, String text) throws IOException {
    to.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private Path older(int number) {
    return folder.resolve("instance-1.log." + number);
  }

  @Test
  void log_pastItsSize_isSetAsideWhileItsWriterGoesOn() throws Exception {
    LogRotation rotation = LogRotation.start(folder, new LogRotation.Settings(BYTES, 2));
    try (OutputStream writer = writer()) {
      write(writer, "first\n" + "x".repeat(BYTES));
      await().atMost(LONG).until(() -> Files.exists(older(1)) && Files.size(log) == 0);
      write(writer, "second\n");
      assertThat(Files.readString(log)).isEqualTo("second\n");
      assertThat(Files.readString(older(1))).startsWith("first\n").hasSize(6 + BYTES);
    } finally {
      rotation.close();
    }
  }

  @Test
  void rotate_againAndAgain_keepsSoManyAndNoMore() throws Exception {
    try (OutputStream writer = writer()) {
      for (int i = 1; i <= 5; i++) {
        write(writer, "part " + i);
        LogRotation.rotate(log, 2);
      }
      write(writer, "part 6");
    }
    assertThat(Files.readString(log)).isEqualTo("part 6");
    assertThat(Files.readString(older(1))).isEqualTo("part 5");
    assertThat(Files.readString(older(2))).isEqualTo("part 4");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(3);
    }
  }

  /** A folder in the way stands for a disk on which nothing can be written. */
  @Test
  void rotate_cannotBeKept_isEmptiedAllTheSame() throws Exception {
    Files.createDirectories(older(1));
    try (OutputStream writer = writer()) {
      write(writer, "text");
      LogRotation.rotate(log, 1);
    }
    assertThat(log).isEmptyFile();
  }

  @Test
  void settings_outOfBounds_areRefused() {
    assertThatThrownBy(() -> new LogRotation.Settings(0, 3)).isInstanceOf(ServerException.class);
    assertThatThrownBy(() -> new LogRotation.Settings(BYTES, 0))
        .isInstanceOf(ServerException.class);
  }
}
