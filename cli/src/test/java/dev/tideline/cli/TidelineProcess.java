package dev.tideline.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the packaged command as a user would, on a data directory of its own. */
final class TidelineProcess {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long TIMEOUT_SECONDS = 300;

  /**
   * For every process of the fleet: fleets of tests live for a minute, in which the compiler that
   * makes the best code would take more than it gives.
   */
  private static final Map<String, String> SHORT_LIVED =
      Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");

  /** What a finished command left. */
  record Outcome(int exitCode, String out, String err) {}

  private final Path data;

  TidelineProcess(Path data) {
    this.data = data;
  }

  static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // as the launcher does for short commands
            "-jar",
            Path.of("target/tideline/lib/tideline.jar").toAbsolutePath().toString()));
    command.addAll(arguments);
    return command;
  }

  /**
   * Starts a command that Ctrl-C may end, even where tests run in the background of a script, which
   * ignores it; its standard output and error go to files beside the data.
   */
  Process start(String... arguments) {
    try {
      List<String> all = new ArrayList<>(List.of(arguments));
      all.addAll(List.of("--data", data.toString()));
      List<String> command = new ArrayList<>();
      if (System.getProperty("os.name").equals("Linux")) {
        command.addAll(List.of("env", "--default-signal=INT"));
      }
      command.addAll(command(all));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(data.resolveSibling("out").toFile())
              .redirectError(data.resolveSibling("err").toFile());
      builder.environment().putAll(SHORT_LIVED);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Outcome run(String... arguments) throws InterruptedException {
    return run(Map.of(), arguments);
  }

  Outcome run(Map<String, String> environment, String... arguments) throws InterruptedException {
    try {
      Path out = Files.createTempFile(data.getParent(), "out", "");
      Path err = Files.createTempFile(data.getParent(), "err", "");
      List<String> all = new ArrayList<>(List.of(arguments));
      all.addAll(List.of("--data", data.toString()));
      ProcessBuilder builder =
          new ProcessBuilder(command(all)).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(SHORT_LIVED);
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("no end after " + TIMEOUT_SECONDS + " s: " + all);
      }
      return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode status() throws InterruptedException {
    return JSON.readTree(run("status", "--json", "--secrets").out());
  }
}
