package dev.tideline.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which local fleet a command is about. */
final class DataOption {

  static final Path DEFAULT = Path.of(".tideline");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The fleet's data directory (.tideline).")
  @Nullable Path given;

  Path path() {
    return (given == null ? DEFAULT : given).toAbsolutePath().normalize();
  }
}
