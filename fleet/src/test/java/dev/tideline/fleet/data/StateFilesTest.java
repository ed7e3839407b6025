package dev.tideline.fleet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.process.ProcessMark;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.control.FleetClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a data directory, torn, stale or nonsense. */
final class StateFilesTest {

  private static final byte[] BINARY = {(byte) 0xff, 0, (byte) 0xfe, '{', '"'};

  @TempDir Path folder;
  private DataDirectory data;

  @BeforeEach
  void open() {
    data = DataDirectory.open(folder.resolve("data"));
  }

  private FleetClient client() {
    return new FleetClient(DataDirectory.find(data.root()).orElseThrow());
  }

  private static void writeTorn(Path file, String whole, int length) throws IOException {
    Files.writeString(file, whole.substring(0, length));
  }

  @Test
  void supervisorFile_tornAnywhere_isAsNone() throws Exception {
    SupervisorFile.ofThisProcess(1).write(data);
    String whole = Files.readString(data.supervisorFile());
    for (int length = 0; length < whole.length(); length++) {
      writeTorn(data.supervisorFile(), whole, length);
      assertThat(client().status()).isEmpty();
      assertThatThrownBy(() -> client().restart()).isInstanceOf(ServerException.class);
    }
    for (String nonsense : new String[] {"null", "[]", "{\"pid\":1,\"control_port\":99999}"}) {
      Files.writeString(data.supervisorFile(), nonsense);
      assertThat(client().status()).as(nonsense).isEmpty();
    }
    Files.write(data.supervisorFile(), BINARY);
    assertThat(client().status()).isEmpty();
    assertThat(client().stop()).as("nothing was up").isFalse();
    assertThat(data.supervisorFile()).doesNotExist();
    Files.createDirectories(data.supervisorFile());
    assertThat(client().status()).isEmpty();
  }

  /**
   * A supervisor that has just taken the lock has not written its file yet; what stands there is an
   * earlier one's, and its number may be anybody's by now.
   */
  @Test
  void stop_staleFileNamesAStranger_asksTheHolderOfTheLockAlone() throws Exception {
    for (String file :
        new String[] {
          "{\"pid\":%d,\"control_port\":1,\"start\":\"7\"}", // of another that had this number
          "{\"pid\":%d,\"control_port\":1}" // as an earlier release wrote it
        }) {
      Process stranger = new ProcessBuilder("sleep", "1000").start();
      try {
        Files.writeString(data.supervisorFile(), file.formatted(stranger.pid()));
        assertThat(data.tryLock()).isTrue();
        CompletableFuture<Void> ends =
            CompletableFuture.runAsync(
                data::close, CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
        assertThat(client().stop()).isTrue();
        ends.join();
        assertThat(stranger.isAlive()).isTrue();
      } finally {
        stranger.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void supervisorMark_damaged_isWrittenAgain() throws Exception {
    SupervisorMark mark = SupervisorMark.put(data, 8081);
    try {
      Files.writeString(data.supervisorFile(), "{\"pi");
      await().atMost(Duration.ofSeconds(60)).until(() -> SupervisorFile.read(data).isPresent());
    } finally {
      mark.close();
    }
    assertThat(data.supervisorFile()).doesNotExist();
  }

  @Test
  void ports_tornOrOutOfRange_areForgotten() throws Exception {
    Map<String, Integer> ports = Map.of("redis", 20_001, "instance-1", 20_002);
    data.keepPorts(ports);
    assertThat(data.ports()).isEqualTo(ports);
    Path file = data.pids().resolve("ports.properties");
    String whole = Files.readString(file);
    for (int length = 0; length < whole.length(); length++) {
      writeTorn(file, whole, length);
      assertThat(data.ports().values()).allMatch(port -> port > 0 && port <= 65_535);
    }
    Files.writeString(file, "redis=99999\nprimary=-1\nx=\\u00zz\n=5\n");
    assertThat(data.ports()).isEmpty();
    Files.write(file, BINARY);
    assertThat(data.ports()).isEmpty();
  }

  @Test
  void secret_torn_isNotUsed_butSaidToBeTorn() throws Exception {
    String secret = data.secret(DataDirectory.ADMIN_TOKEN);
    assertThat(data.secret(DataDirectory.ADMIN_TOKEN)).isEqualTo(secret);
    Path file = data.secretFile(DataDirectory.ADMIN_TOKEN);
    for (int length = 0; length < 16; length++) {
      writeTorn(file, secret, length);
      assertThatThrownBy(() -> data.secret(DataDirectory.ADMIN_TOKEN))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining(file.toString());
    }
    Files.write(file, BINARY);
    assertThatThrownBy(() -> data.secret(DataDirectory.ADMIN_TOKEN))
        .isInstanceOf(ServerException.class);
    Files.delete(file);
    assertThat(data.secret(DataDirectory.ADMIN_TOKEN)).hasSize(32).isNotEqualTo(secret);
  }

  @Test
  void files_areTheOwnersAlone() throws Exception {
    data.secret(DataDirectory.ADMIN_TOKEN);
    data.keepPorts(Map.of("redis", 20_001));
    SupervisorFile.ofThisProcess(8081).write(data);
    for (Path file :
        new Path[] {data.secretFile(DataDirectory.ADMIN_TOKEN), data.supervisorFile()}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    for (Path privateFolder : new Path[] {data.logs(), data.root().resolve("secrets")}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateFolder)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void processMark_ofThisProcess_isFoundAndNoOther() {
    ProcessMark mine = ProcessMark.of(ProcessHandle.current().pid());
    assertThat(mine.find("java")).contains(ProcessHandle.current());
    assertThat(new ProcessMark(mine.pid(), "7").find("java")).isEmpty();
    assertThat(mine.find("no such word on the command line")).isEmpty();
  }
}
