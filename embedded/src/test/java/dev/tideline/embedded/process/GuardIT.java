package dev.tideline.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.process.ServerProcess.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pid files that are right, stale, torn or nonsense, and processes that are nobody's business. */
final class GuardIT {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path data;
  private Path run;
  private Path pidFile;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    run = Files.createDirectories(data.resolve("run"));
    pidFile = run.resolve("redis.pid");
  }

  @AfterEach
  void end() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private Process start(String... command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    processes.add(process);
    return process;
  }

  /** Somebody's: looks into the data directory, as an editor or a {@code tail} may. */
  private Process stranger() throws IOException {
    return start("sh", "-c", "sleep 1000; :", data.resolve("log/redis.log").toString());
  }

  private static String text(Process process) {
    return new PidFile(ProcessMark.of(process.pid()), StopSignal.TERM).text();
  }

  private static PidFile begunEarlier(Process process) {
    return new PidFile(new ProcessMark(process.pid(), "7"), StopSignal.TERM);
  }

  @Test
  void stopOrphans_serverOfThatStart_isStopped() throws Exception {
    Process server = stranger(); // now it is one
    Files.writeString(pidFile, text(server));
    assertThat(Guard.stopOrphans(run, data)).containsExactly("redis");
    assertThat(server.isAlive()).isFalse();
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void stopOrphans_numberIsAnothersByNow_harmsNobody() throws Exception {
    Process stranger = stranger();
    Files.writeString(pidFile, begunEarlier(stranger).text());
    assertThat(Guard.stopOrphans(run, data)).isEmpty();
    assertThat(stranger.isAlive()).isTrue();
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void stopOrphans_fileTornAnywhere_harmsNobodyAndGoesOn() throws Exception {
    Process stranger = stranger();
    String whole = begunEarlier(stranger).text();
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(pidFile, whole.substring(0, length));
      assertThat(Guard.stopOrphans(run, data)).as("%d characters", length).isEmpty();
      assertThat(pidFile).doesNotExist();
    }
    for (String nonsense :
        List.of("\n", "x TERM 1\n", "-1 KILL 1\n", "0 TERM -\n", "99999999999999999999 INT -\n")) {
      Files.writeString(pidFile, nonsense);
      assertThat(Guard.stopOrphans(run, data)).as(nonsense).isEmpty();
    }
    Files.write(pidFile, new byte[] {(byte) 0xff, 0, (byte) 0xfe, '1'});
    assertThat(Guard.stopOrphans(run, data)).isEmpty();
    Files.createDirectories(pidFile);
    assertThat(Guard.stopOrphans(run, data)).isEmpty();
    assertThat(stranger.isAlive()).isTrue();
  }

  /** A shell that is called like Redis, with a script for its settings. */
  @Test
  void stopOrphans_fileTorn_findsTheServerByItsCommandLine() throws Exception {
    Path redis = Files.createDirectories(data.resolve("redis"));
    Path program = Files.copy(Path.of("/bin/sh").toRealPath(), data.resolve("redis-server"));
    Path settings = Files.writeString(redis.resolve("redis.conf"), "sleep 1000; :\n");
    Process server = start(program.toString(), settings.toString());
    Files.writeString(pidFile, text(server).substring(0, 2));
    assertThat(Guard.stopOrphans(run, data)).containsExactly("process " + server.pid());
    assertThat(server.isAlive()).isFalse();
  }

  @Test
  void guard_supervisorGone_stopsTheServerAndNobodyElse() throws Exception {
    Process server = stranger();
    Process stranger = stranger();
    Files.writeString(pidFile, text(server));
    Files.writeString(run.resolve("stale.pid"), begunEarlier(stranger).text());
    Files.writeString(run.resolve("torn.pid"), Long.toString(stranger.pid()));
    Guard guard = Guard.start(run, data);
    guard.close(); // as when the supervisor's end of the pipe goes
    await().atMost(LONG).until(() -> !server.isAlive());
    assertThat(stranger.isAlive()).isTrue();
  }
}
