package dev.tideline.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BinaryCacheTest {

  @TempDir private Path root;

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void folder_anotherProcessIsFirst_takesItsFolder() throws Exception {
    BinaryCache cache = new BinaryCache(root);
    Path folder =
        cache.folder(
            "server-1",
            mine -> {
              Files.writeString(mine.resolve("run"), "mine");
              cache.folder("server-1", other -> Files.writeString(other.resolve("run"), "other"));
            });
    assertThat(folder.resolve("run")).hasContent("other");
    assertThat(files()).containsExactly("server-1");
  }

  @Test
  void folder_unpackingFails_leavesNothingAndIsTriedAgain() throws Exception {
    BinaryCache cache = new BinaryCache(root);
    assertThatThrownBy(() ->
            cache.folder(
                "server-1",
                folder -> {
                  Files.writeString(folder.resolve("half"), "");
                  throw new IOException("no space left on device");
                }))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("no space left on device");
    assertThat(files()).isEmpty();
    Path folder = cache.folder("server-1", made -> Files.writeString(made.resolve("run"), "x"));
    assertThat(folder.resolve("run")).hasContent("x");
  }

  @Test
  void folder_isThere_isNotUnpackedAgain() {
    BinaryCache cache = new BinaryCache(root);
    CountDownLatch unpacked = new CountDownLatch(2);
    cache.folder("server-1", folder -> unpacked.countDown());
    cache.folder("server-1", folder -> unpacked.countDown());
    assertThat(unpacked.getCount()).isEqualTo(1);
  }
}
