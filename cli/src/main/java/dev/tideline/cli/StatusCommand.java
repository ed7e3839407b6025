package dev.tideline.cli;

import dev.tideline.fleet.control.FleetClient;
import dev.tideline.fleet.control.FleetStatus;
import dev.tideline.fleet.data.DataDirectory;
import dev.tideline.fleet.data.FleetJson;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells what runs, and where. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Show what runs, and where. Exits with 3 if no fleet is up.",
    footer = {"", "Examples:", "  ./tideline status", "  ./tideline status --json --secrets"})
final class StatusCommand implements Callable<Integer> {

  /** The code of the Linux Standard Base for a program that is not running. */
  private static final int NOT_RUNNING = 3;

  @Mixin DataOption data = new DataOption();

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  @Option(
      names = "--secrets",
      description = "Include the admin passwords of the databases and Redis.")
  boolean secrets;

  @Override
  public Integer call() throws InterruptedException {
    Optional<DataDirectory> directory = DataDirectory.find(data.path());
    Optional<FleetStatus> status =
        directory.isEmpty() ? Optional.empty() : new FleetClient(directory.get()).status();
    if (status.isEmpty()) {
      System.out.println(
          json
              ? FleetJson.MAPPER.writeValueAsString(Map.of("state", FleetStatus.DOWN))
              : "no fleet is up on " + data.path());
      return NOT_RUNNING;
    }
    FleetStatus shown = secrets ? status.get().withSecrets(directory.orElseThrow()) : status.get();
    if (json) {
      System.out.println(FleetJson.MAPPER.writeValueAsString(shown));
    } else {
      print(shown, System.out);
    }
    return 0;
  }

  private static void print(FleetStatus status, PrintStream out) {
    out.printf(
        "%s  %s  (operators: %s/console)%n", status.state(), status.url(), status.controlUrl());
    String row = "  %-14s %-28s %-10s %s%n";
    out.printf(row, "part", "where", "process", "state");
    if (status.balancer() != null) {
      out.printf(row, "balancer", status.url(), status.balancer().pid(), status.balancer().kind());
    }
    status
        .instances()
        .forEach(one -> out.printf(row, one.name(), one.url(), one.pid(), one.state()));
    status
        .databases()
        .forEach(one -> {
          out.printf(row, one.name(), one.host() + ":" + one.port(), one.pid(), one.role());
          if (one.adminPassword() != null) {
            out.printf(
                "  %-14s %s / %s, database %s%n",
                "", one.adminUser(), one.adminPassword(), one.database());
          }
        });
    if (status.redis() != null) {
      out.printf(row, "redis", "127.0.0.1:" + status.redis().port(), status.redis().pid(), "");
      if (status.redis().adminPassword() != null) {
        out.printf(
            "  %-14s %s / %s%n", "", status.redis().adminUser(), status.redis().adminPassword());
      }
    }
    out.printf("  admin token: %s%n", status.adminTokenFile());
    if (status.scaling() != null) {
      print(status.scaling(), out);
    }
  }

  private static void print(FleetStatus.ScalingStatus scaling, PrintStream out) {
    out.printf(
        "  autoscaling %s: %d to %d instances%s%n",
        scaling.mode(),
        scaling.minInstances(),
        scaling.maxInstances(),
        scaling.holds().isEmpty() ? "" : "; " + String.join("; ", scaling.holds()));
    scaling
        .events()
        .forEach(event ->
            out.printf(
                "    %s  %s  %d to %d  %s%s%n",
                event.at(),
                event.action(),
                event.fromInstances(),
                event.toInstances(),
                String.join("; ", event.reasons()),
                event.failure() == null ? "" : "  FAILED: " + event.failure()));
  }
}
