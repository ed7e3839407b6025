package dev.tideline.cli;

import dev.tideline.embedded.process.Programs;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.control.FleetClient;
import dev.tideline.fleet.control.FleetStatus;
import dev.tideline.fleet.data.DataDirectory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Starts a supervisor in a separate session, shows its output until everything is ready, and leaves
 * it running.
 */
final class DetachedStart {

  private static final int POLL_MILLIS = 100;

  private final Path data;

  DetachedStart(Path data) {
    this.data = data;
  }

  int run(List<String> arguments) throws InterruptedException {
    DataDirectory directory = DataDirectory.open(data);
    Path log = directory.logs().resolve("supervisor.log");
    try {
      long shown = Files.exists(log) ? Files.size(log) : 0;
      Process supervisor = spawn(log, arguments);
      FleetClient client = new FleetClient(directory);
      while (true) {
        boolean ended = supervisor.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
        shown = show(log, shown);
        if (ended) {
          return supervisor.exitValue() == 0 ? 1 : supervisor.exitValue();
        }
        Optional<FleetStatus> status = client.status();
        if (status.isPresent()
            && status.get().supervisor().pid() == supervisor.pid()
            && status.get().state().equals(FleetStatus.UP)) {
          show(log, shown);
          return 0;
        }
      }
    } catch (IOException e) {
      throw new ServerException("cannot start a supervisor: " + e.getMessage(), e);
    }
  }

  private Process spawn(Path log, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (Programs.find("setsid").isPresent()) {
      command.add("setsid");
    }
    command.addAll(JavaCommand.supervisor(data, arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    return process;
  }

  /** Copies what the log has gained to standard error; answers how far that went. */
  private static long show(Path log, long from) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      if (file.length() < from) {
        return show(log, 0); // it was set aside
      }
      file.seek(from);
      byte[] gained = new byte[(int) Math.min(file.length() - from, 1 << 20)];
      file.readFully(gained);
      System.err.print(new String(gained, StandardCharsets.UTF_8));
      System.err.flush();
      return from + gained.length;
    }
  }
}
