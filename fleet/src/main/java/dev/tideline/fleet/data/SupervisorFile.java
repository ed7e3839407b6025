package dev.tideline.fleet.data;

import dev.tideline.embedded.process.ProcessMark;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.StateFile;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What a supervisor writes down about itself when it starts.
 *
 * @param start of its process; null where an earlier release wrote it
 */
public record SupervisorFile(long pid, int controlPort, @Nullable String start) {

  /** What the command line of every supervisor has in it, however it was started. */
  private static final String WORD = "tideline";

  private static final int PORT_MAX = 65_535;

  static SupervisorFile ofThisProcess(int controlPort) {
    ProcessMark process = ProcessMark.of(ProcessHandle.current().pid());
    return new SupervisorFile(process.pid(), controlPort, process.start());
  }

  void write(DataDirectory data) throws IOException {
    StateFile.write(data.supervisorFile(), FleetJson.MAPPER.writeValueAsString(this));
  }

  /** What stands there, unless it was torn or is not ours. */
  public static Optional<SupervisorFile> read(DataDirectory data) {
    try {
      return StateFile.read(data.supervisorFile())
          .map(text -> FleetJson.MAPPER.readValue(text, SupervisorFile.class))
          .filter(file -> file.pid() > 0 && file.controlPort() > 0)
          .filter(file -> file.controlPort() <= PORT_MAX);
    } catch (JacksonException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ServerException("cannot read " + data.supervisorFile() + ": " + e, e);
    }
  }

  /** The supervisor's process, if it lives and is that one. */
  public Optional<ProcessHandle> process() {
    return new ProcessMark(pid, start == null ? "-" : start).find(WORD);
  }
}
