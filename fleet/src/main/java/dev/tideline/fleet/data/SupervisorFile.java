package dev.tideline.fleet.data;

import dev.tideline.embedded.process.ProcessMark;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.StateFile;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The file in which a supervisor records its process and control port.
 *
 * @param start start time of the process, see {@link ProcessMark}; null in files written by earlier
 *     releases
 */
public record SupervisorFile(long pid, int controlPort, @Nullable String start) {

  /** The command line of every supervisor contains this word. */
  private static final String WORD = "tideline";

  private static final int PORT_MAX = 65_535;

  static SupervisorFile ofThisProcess(int controlPort) {
    ProcessMark process = ProcessMark.of(ProcessHandle.current().pid());
    return new SupervisorFile(process.pid(), controlPort, process.start());
  }

  void write(DataDirectory data) throws IOException {
    StateFile.write(data.supervisorFile(), FleetJson.MAPPER.writeValueAsString(this));
  }

  /** Reads the file; empty if it is missing, damaged, or was not written by this program. */
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

  /** The supervisor's process; empty if it has ended. */
  public Optional<ProcessHandle> process() {
    return new ProcessMark(pid, start == null ? "-" : start).find(WORD);
  }
}
