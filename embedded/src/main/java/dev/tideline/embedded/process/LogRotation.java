package dev.tideline.embedded.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the size of the logs in a folder while their servers run. A log that exceeds the limit is
 * copied to {@code .1} and truncated; an existing {@code .1} becomes {@code .2}, and so on.
 *
 * <p>PostgreSQL, Redis, NGINX and the JVM append to their logs, so they continue at the start of
 * the truncated file and need no notification. A line that is written during the truncation may be
 * lost.
 */
public final class LogRotation implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LogRotation.class);

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
  private static final String SUFFIX = ".log";

  /**
   * The limits.
   *
   * @param bytesMax size of a log, 4 KiB to 1 GiB; checked once per second, so a log may exceed it
   *     by what is written in that time
   * @param kept number of rotated files to keep for each log, 1 to 100
   */
  public record Settings(long bytesMax, int kept) {

    public static final Settings DEFAULT = new Settings(16L << 20, 3);

    public Settings {
      if (bytesMax < 4 << 10 || bytesMax > 1 << 30) {
        throw new ServerException("a log must be 4 KiB to 1 GiB long, not " + bytesMax + " bytes");
      }
      if (kept < 1 || kept > 100) {
        throw new ServerException("the number of rotated log files must be 1 to 100, not " + kept);
      }
    }
  }

  private final Path folder;
  private final Settings settings;
  private final BackgroundLoop loop;

  private LogRotation(Path folder, Settings settings) {
    this.folder = folder;
    this.settings = settings;
    this.loop = BackgroundLoop.every(LOOK_INTERVAL, "log-rotation", this::look);
  }

  /** Starts rotating the logs of a folder. */
  public static LogRotation start(Path folder, Settings settings) {
    return new LogRotation(folder, settings);
  }

  private void look() {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> logs = files.filter(file -> file.toString().endsWith(SUFFIX)).toList();
      for (Path one : logs) {
        if (Files.size(one) > settings.bytesMax()) {
          rotate(one, settings.kept());
        }
      }
    } catch (IOException e) {
      throw new ServerException("cannot rotate the logs in " + folder + ": " + e, e);
    }
  }

  /** Rotates a log. If the disk is full, the log is truncated all the same and its text is lost. */
  static void rotate(Path file, int kept) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      try {
        for (int i = kept - 1; i >= 1; i--) {
          if (Files.exists(older(file, i))) {
            Files.move(older(file, i), older(file, i + 1), StandardCopyOption.REPLACE_EXISTING);
          }
        }
        copy(channel, older(file, 1));
      } catch (IOException e) {
        Files.deleteIfExists(older(file, 1));
        log.warn("cannot rotate {}; its text was discarded: {}", file, e.toString());
      } finally {
        channel.truncate(0);
      }
    }
  }

  private static Path older(Path file, int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  /** Copies the log, including what the server appends during the copy. */
  private static void copy(FileChannel from, Path target) throws IOException {
    try (FileChannel to =
        FileChannel.open(
            target,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      long done = 0;
      while (done < from.size()) {
        done += from.transferTo(done, from.size() - done, to);
      }
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
