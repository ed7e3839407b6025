package dev.tideline.fleet.instance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How instances are run.
 *
 * @param command command that starts an instance; its port and name are in its environment, and its
 *     name replaces {@link #NAME} in the command
 * @param environment environment variables of every instance, besides port and name
 * @param healthInterval interval between two checks of {@code /health}
 * @param unhealthyThreshold number of consecutive failures that take an instance out of the
 *     balancer
 */
public record InstanceSettings(
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Path logs,
    Path pids,
    Duration healthInterval,
    int unhealthyThreshold) {

  public static final String NAME = "{instance}";
  public static final Duration HEALTH_INTERVAL = Duration.ofSeconds(10);
  public static final int UNHEALTHY_THRESHOLD = 3;

  List<String> commandOf(String name) {
    return command.stream().map(word -> word.replace(NAME, name)).toList();
  }
}
