package dev.tideline.fleet.data;

import dev.tideline.embedded.process.BackgroundLoop;
import dev.tideline.embedded.process.ServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;

/**
 * Maintains the file by which other commands find the supervisor. It is written at the start,
 * rewritten if it is damaged, and deleted at the end.
 */
public final class SupervisorMark implements AutoCloseable {

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(2);
  private static final Duration STOP_WAIT = Duration.ofSeconds(5);

  private final DataDirectory data;
  private final SupervisorFile file;
  private final BackgroundLoop loop;

  private SupervisorMark(DataDirectory data, SupervisorFile file) {
    this.data = data;
    this.file = file;
    this.loop = BackgroundLoop.every(LOOK_INTERVAL, "supervisor-file", this::look);
  }

  /**
   * Writes the file and starts to maintain it.
   *
   * @throws ServerException if it cannot be written
   */
  public static SupervisorMark put(DataDirectory data, int controlPort) {
    SupervisorFile file = SupervisorFile.ofThisProcess(controlPort);
    try {
      file.write(data);
    } catch (IOException e) {
      throw new ServerException("cannot write " + data.supervisorFile() + ": " + e, e);
    }
    return new SupervisorMark(data, file);
  }

  private void look() {
    if (!SupervisorFile.read(data).equals(Optional.of(file))) {
      try {
        file.write(data);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    loop.close();
    try {
      loop.join(STOP_WAIT);
      Files.deleteIfExists(data.supervisorFile());
    } catch (IOException e) {
      throw new ServerException("cannot remove " + data.supervisorFile() + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
