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
 * Bounds the logs of a folder while their servers run: one that has grown past its size is copied
 * to {@code .1}, what was there to {@code .2} and so on, and emptied.
 *
 * <p>Servers append, and so go on at the beginning of the emptied file; none has to be told,
 * whether it is PostgreSQL, Redis, NGINX or a JVM. A line that is written at the very moment may be
 * lost.
 */
public final class LogRotation implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LogRotation.class);

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
  private static final String SUFFIX = ".log";

  /**
   * Bounds.
   *
   * @param bytesMax of a log; between two looks it may grow a second longer; 4 KiB to 1 GiB
   * @param kept older files beside each; 1 to 100
   */
  public record Settings(long bytesMax, int kept) {

    public static final Settings DEFAULT = new Settings(16L << 20, 3);

    public Settings {
      if (bytesMax < 4 << 10 || bytesMax > 1 << 30) {
        throw new ServerException("a log must be 4 KiB to 1 GiB long, not " + bytesMax + " bytes");
      }
      if (kept < 1 || kept > 100) {
        throw new ServerException("the older files of a log must be 1 to 100, not " + kept);
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

  /** Begins to look after a folder. */
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

  /** Sets a log aside. With a full disk its text is lost: a bound is a bound. */
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
        log.warn("{} is emptied and not kept: {}", file, e.toString());
      } finally {
        channel.truncate(0);
      }
    }
  }

  private static Path older(Path file, int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  /** Up to where the server is when the copy has caught up with it. */
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
