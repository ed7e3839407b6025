package dev.tideline.engine.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An index in a folder of its own, which is removed with it. */
record OpenIndex(Path folder, Directory directory, ProductIndex index) implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OpenIndex.class);

  /** Fills a new folder with files, and opens them. */
  interface Opening {
    ProductIndex open(Path folder, Directory directory) throws IOException;
  }

  /** Opens an index in a new folder; if that fails, nothing of it is left. */
  static OpenIndex in(Path parent, Opening opening) throws IOException {
    Files.createDirectories(parent);
    Path folder = Files.createTempDirectory(parent, "index-");
    try {
      Directory directory = new MMapDirectory(folder);
      return new OpenIndex(folder, directory, opening.open(folder, directory));
    } catch (IOException | RuntimeException e) {
      remove(folder);
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      index.close();
      directory.close();
      remove(folder);
    } catch (IOException e) {
      log.warn("cannot remove the index in {}: {}", folder, e.getMessage());
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
