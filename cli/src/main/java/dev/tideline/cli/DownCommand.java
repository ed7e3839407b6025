package dev.tideline.cli;

import dev.tideline.fleet.control.FleetClient;
import dev.tideline.fleet.data.DataDirectory;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops a fleet. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Stop the fleet; the data stays. It is no error if no fleet is up.",
    footer = {"", "Examples:", "  ./tideline down", "  ./tideline down --data /tmp/shop"})
final class DownCommand implements Callable<Integer> {

  @Mixin DataOption data = new DataOption();

  @Override
  public Integer call() throws InterruptedException {
    Optional<DataDirectory> directory = DataDirectory.find(data.path());
    boolean wasUp = directory.isPresent() && new FleetClient(directory.get()).stop();
    System.err.println(wasUp ? "stopped; the data stays in " + data.path() : "nothing was up");
    return 0;
  }
}
