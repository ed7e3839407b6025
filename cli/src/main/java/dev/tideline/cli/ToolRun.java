package dev.tideline.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A program that was run to its end. */
record ToolRun(int exitCode, String output) {

  static ToolRun of(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new ToolRun(process.waitFor(), output);
  }

  /**
   * @throws CommandException with what the program wrote, if it failed
   */
  void orFail(String message) {
    if (exitCode != 0) {
      throw new CommandException(message + " (exit code " + exitCode + "):\n" + output.strip());
    }
  }
}
