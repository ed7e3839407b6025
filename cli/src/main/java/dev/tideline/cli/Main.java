package dev.tideline.cli;

import dev.tideline.service.instance.Logging;
import dev.tideline.service.instance.Logging.Format;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code tideline} command. */
@Command(
    name = "tideline",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Search and recommendations for product catalogs kept in PostgreSQL.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  ./tideline up                    a whole fleet on this machine, with a sample shop",
      "  ./tideline status                what runs, and where",
      "  ./tideline import products catalog.csv.gz --map title=name",
      "  ./tideline simulate --trace access.log.gz --compare",
      "  ./tideline restart               new instances in the place of the old",
      "  ./tideline down",
      "",
      "./tideline test builds everything and runs the tests; --long adds the long runs."
    },
    subcommands = {
      UpCommand.class,
      StatusCommand.class,
      RestartCommand.class,
      DownCommand.class,
      ServeCommand.class,
      ImportCommand.class,
      JobsCommand.class,
      SimulateCommand.class,
      AutoscaleCommand.class,
      PackageCommand.class,
      DoctorCommand.class,
      HelpCommand.class
    })
final class Main {

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      Properties build = new Properties();
      try (InputStream in = Main.class.getResourceAsStream("build.properties")) {
        build.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new String[] {
        "tideline %s (%s)".formatted(build.getProperty("version"), build.getProperty("commit"))
      };
    }
  }

  private static final String[] SERVE = {"serve"};

  private Main() {}

  public static void main(String[] arguments) {
    Logging.configure(logFormat());
    System.exit(Arrays.equals(arguments, SERVE) ? serve() : commandLine().execute(arguments));
  }

  /** A starting instance does not wait for the models of all commands. */
  private static int serve() {
    try {
      return new ServeCommand().call();
    } catch (Exception e) {
      return explain(e, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }
  }

  static CommandLine commandLine() {
    CommandLine tideline = new CommandLine(new Main());
    JobCommand.addTo(Objects.requireNonNull(tideline.getSubcommands().get("jobs")));
    return tideline
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (thrown, command, parsed) -> explain(thrown, command.getErr()));
  }

  private static Format logFormat() {
    return "json".equals(System.getenv("TIDELINE_LOG_FORMAT")) ? Format.JSON : Format.TEXT;
  }

  /** What is expected to go wrong gets a sentence; a stack trace is for our own faults. */
  private static int explain(Exception thrown, PrintWriter err) {
    if (thrown instanceof InterruptedException) {
      return 130;
    }
    boolean expected = Expected.isExpected(thrown);
    err.println("tideline: " + (expected ? thrown.getMessage() : thrown.toString()));
    if (!expected) {
      thrown.printStackTrace(err);
    }
    return 1;
  }
}
