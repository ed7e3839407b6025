package dev.tideline.cli;

import dev.tideline.fleet.instance.InstanceSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines that run this same build in another process. */
final class JavaCommand {

  private static final List<String> COMMON =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dfile.encoding=UTF-8",
          "-Dstdout.encoding=UTF-8",
          "-Dstderr.encoding=UTF-8");

  private JavaCommand() {}

  /** A supervisor: needs little. */
  static List<String> supervisor(Path data, List<String> arguments) {
    return command(data, "384m", arguments);
  }

  /** An instance on a developer's machine: small, so that ten fit. */
  static List<String> instance(Path data) {
    List<String> command = command(data, "384m", List.of("serve"));
    // Classes as they were loaded the last time: halves the start. Written at the first exit, one
    // file an instance, and ignored by the JVM when the build has changed.
    command.addAll(
        1,
        List.of(
            "-XX:+AutoCreateSharedArchive",
            "-XX:SharedArchiveFile=" + data.resolve("run/" + InstanceSettings.NAME + ".jsa"),
            "-Xlog:cds=off",
            "-Xlog:cds+dynamic=off"));
    return command;
  }

  private static List<String> command(Path data, String heap, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(COMMON);
    command.add("-Xmx" + heap);
    command.add("-Dtideline.data=" + data); // by which the guard knows the process
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
