package dev.tideline.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Puts together what runs where there is no JDK. */
@Command(
    name = "package",
    mixinStandardHelpOptions = true,
    description = {
      "Put together a folder that runs instances where there is no JDK: jars, a Java of their own,",
      "and an AOT cache, for which an instance is started once with a sample shop. The container",
      "image is made of it (deploy/docker)."
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline package --output /opt/tideline",
      "  TIDELINE_DB_PRIMARY_URL=... /opt/tideline/bin/tideline serve"
    })
final class PackageCommand implements Callable<Integer> {

  @Option(
      names = "--output",
      paramLabel = "DIR",
      required = true,
      description = "An empty or new folder.")
  Path output = Path.of("");

  @Option(
      names = "--no-aot",
      description = "Build no AOT cache: instances take about twice as long to start.")
  boolean withoutAot;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Distribution distribution = new Distribution(output.toAbsolutePath().normalize());
    distribution.begin();
    distribution.copyJars();
    tell("jars");
    distribution.linkJava();
    tell("a Java of the modules that are needed");
    if (!withoutAot) {
      new AotTraining(distribution, PackageCommand::tell).run();
      tell("AOT cache");
    }
    System.out.println("packaged: " + distribution.root());
    return 0;
  }

  private static void tell(String what) {
    System.err.println("  " + what);
  }
}
