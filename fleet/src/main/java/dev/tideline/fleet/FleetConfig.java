package dev.tideline.fleet;

import dev.tideline.embedded.process.LogRotation;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import dev.tideline.fleet.balancer.Balancer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The configuration of a fleet.
 *
 * @param data data directory of the fleet
 * @param port port of the balancer on loopback, for clients
 * @param controlPort port of the control server on loopback, for operators
 * @param instances initial number of instances, 1 to 10
 * @param replicas number of database replicas, 0 to 3
 * @param healthInterval pause between two health checks of an instance; 100 ms to 10 min
 * @param logs size limits of each server's log
 * @param instanceCommand command that starts an instance; see {@link Fleet} for its environment
 */
public record FleetConfig(
    Path data,
    int port,
    int controlPort,
    int instances,
    int replicas,
    Balancer.Kind balancer,
    Balancer.Balancing balancing,
    Duration healthInterval,
    ScalingConfig scaling,
    LogRotation.Settings logs,
    List<String> instanceCommand) {

  public static final int PORT = 8080;
  public static final int CONTROL_PORT = 8081;
  public static final int INSTANCES_MAX = 10;
  public static final int REPLICAS_MAX = 3;

  private static final int PORT_MAX = 65_535;
  private static final Duration HEALTH_INTERVAL_MIN = Duration.ofMillis(100);
  private static final Duration HEALTH_INTERVAL_MAX = Duration.ofMinutes(10);

  public FleetConfig {
    data = data.toAbsolutePath().normalize();
    instanceCommand = List.copyOf(instanceCommand);
    if (instances < 1 || instances > INSTANCES_MAX) {
      throw new ServerException("instances must be 1 to " + INSTANCES_MAX + ", not " + instances);
    }
    if (replicas < 0 || replicas > REPLICAS_MAX) {
      throw new ServerException("replicas must be 0 to " + REPLICAS_MAX + ", not " + replicas);
    }
    requirePort("port", port);
    requirePort("control port", controlPort);
    if (port == controlPort) {
      throw new ServerException("port and control port are both " + port);
    }
    if (healthInterval.compareTo(HEALTH_INTERVAL_MIN) < 0
        || healthInterval.compareTo(HEALTH_INTERVAL_MAX) > 0) {
      throw new ServerException(
          "the health interval must be %d ms to %d s, not %d ms"
              .formatted(
                  HEALTH_INTERVAL_MIN.toMillis(),
                  HEALTH_INTERVAL_MAX.toSeconds(),
                  healthInterval.toMillis()));
    }
  }

  private static void requirePort(String name, int port) {
    if (port < 1 || port > PORT_MAX) {
      throw new ServerException("the %s must be 1 to %d, not %d".formatted(name, PORT_MAX, port));
    }
  }
}
