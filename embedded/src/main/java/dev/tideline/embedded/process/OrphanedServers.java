package dev.tideline.embedded.process;

import dev.tideline.embedded.process.ServerProcess.StopSignal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds the servers of a data directory by their command lines, for servers without a pid file. */
final class OrphanedServers {

  private OrphanedServers() {}

  /** The running servers, each with the signal that stops it. */
  static Map<ProcessHandle, StopSignal> of(Path data) {
    String folder = Pattern.quote(data.toString());
    Map<Pattern, StopSignal> servers = new LinkedHashMap<>();
    servers.put(form("\\S*/postgres -D " + folder + "/postgres/\\S+"), StopSignal.INT);
    servers.put(form("\\S*/redis-server " + folder + "/redis/redis.conf"), StopSignal.TERM);
    servers.put(form("nginx: master process .* -p " + folder + "/nginx .*"), StopSignal.TERM);
    servers.put(form("\\S*/java .*-Dtideline.data=" + folder + " .* serve"), StopSignal.TERM);
    Map<ProcessHandle, StopSignal> found = new LinkedHashMap<>();
    ProcessHandle.allProcesses()
        .forEach(process -> {
          String commandLine = ProcessMark.commandLine(process);
          servers.forEach((form, signal) -> {
            if (form.matcher(commandLine).matches()) {
              found.put(process, signal);
            }
          });
        });
    return found;
  }

  private static Pattern form(String commandLine) {
    return Pattern.compile(commandLine, Pattern.DOTALL);
  }
}
