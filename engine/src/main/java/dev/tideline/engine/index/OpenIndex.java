package dev.tideline.engine.index;

import java.io.IOException;
import java.io.UncheckedIOException;
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

  /** Creates an empty index. */
  static OpenIndex create(Path parent) {
    try {
      Files.createDirectories(parent);
      Path folder = Files.createTempDirectory(parent, "index-");
      Directory directory = new MMapDirectory(folder);
      return new OpenIndex(folder, directory, ProductIndex.open(directory));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create an index in " + parent, e);
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
