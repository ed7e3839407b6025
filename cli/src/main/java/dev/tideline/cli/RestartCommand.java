package dev.tideline.cli;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.control.FleetClient;
import dev.tideline.fleet.control.FleetStatus;
import dev.tideline.fleet.control.FleetStatus.InstanceStatus;
import dev.tideline.fleet.data.DataDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Replaces the instances of a fleet that is up. */
@Command(
    name = "restart",
    mixinStandardHelpOptions = true,
    description = {
      "Replace every instance, one at a time; no request fails. One is",
      "stopped when its successor is ready and it has answered what it was sent."
    },
    footer = {"", "Examples:", "  ./tideline restart", "  ./tideline restart --data /tmp/shop"})
final class RestartCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofMillis(500);

  @Mixin DataOption data = new DataOption();

  @Override
  public Integer call() throws Exception {
    DataDirectory directory =
        DataDirectory.find(data.path())
            .orElseThrow(() -> new ServerException("no fleet is up on " + data.path()));
    FleetClient client = new FleetClient(directory);
    Set<Long> old = pids(client.status());
    FutureTask<List<String>> restart = new FutureTask<>(client::restart);
    Thread.ofVirtual().name("restart").start(restart);
    try (Progress progress = Progress.start("restart", old.size(), "instances")) {
      while (!restart.isDone()) {
        Set<Long> now = pids(client.status());
        progress.reach(old.stream().filter(pid -> !now.contains(pid)).count());
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      }
      switch (restart.state()) {
        case SUCCESS -> progress.done();
        case FAILED ->
            throw restart.exceptionNow() instanceof ServerException known
                ? known
                : new ServerException("no restart", restart.exceptionNow());
        case RUNNING, CANCELLED -> throw new IllegalStateException(restart.state().name());
      }
    }
    System.out.println("new: " + String.join(", ", restart.resultNow()));
    return 0;
  }

  private static Set<Long> pids(Optional<FleetStatus> status) {
    return status.stream()
        .flatMap(seen -> seen.instances().stream())
        .map(InstanceStatus::pid)
        .collect(Collectors.toSet());
  }
}
