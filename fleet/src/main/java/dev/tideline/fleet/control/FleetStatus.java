package dev.tideline.fleet.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tideline.fleet.autoscaling.Autoscaler;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import dev.tideline.fleet.autoscaling.ScalingHistory;
import dev.tideline.fleet.data.DataDirectory;
import dev.tideline.scaling.policy.Decision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The output of {@code status --json}. Its field names are a contract. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FleetStatus(
    String state,
    String url,
    String controlUrl,
    String adminTokenFile,
    Supervisor supervisor,
    @Nullable BalancerStatus balancer,
    List<InstanceStatus> instances,
    List<DatabaseStatus> databases,
    @Nullable RedisStatus redis,
    @Nullable ScalingStatus scaling) {

  /** The states of the fleet as a whole. */
  public static final String STARTING = "starting";

  public static final String UP = "up";
  public static final String STOPPING = "stopping";
  public static final String DOWN = "down";

  public record Supervisor(long pid) {}

  public record BalancerStatus(String kind, long pid) {}

  public record InstanceStatus(String name, String url, long pid, String state) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DatabaseStatus(
      String name,
      String role,
      String host,
      int port,
      long pid,
      String database,
      @Nullable Double lagSeconds,
      String adminUser,
      @Nullable String adminPassword) {

    DatabaseStatus withPassword(String password) {
      return new DatabaseStatus(
          name, role, host, port, pid, database, lagSeconds, adminUser, password);
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RedisStatus(
      int port, long pid, @Nullable String adminUser, @Nullable String adminPassword) {

    RedisStatus withPassword(String password) {
      return new RedisStatus(port, pid, adminUser, password);
    }
  }

  /**
   * The status of the autoscaler.
   *
   * @param mode off, advise or on
   * @param leads whether this autoscaler is the leader, which acts
   * @param holds what prevents an action, or what it would do; empty if there is nothing to do
   * @param events the last actions, newest first
   */
  public record ScalingStatus(
      String mode,
      boolean leads,
      int minInstances,
      int maxInstances,
      List<String> holds,
      List<ScalingEvent> events) {

    /** The current status of an autoscaler. */
    public static ScalingStatus of(
        ScalingConfig config, Autoscaler.View view, List<ScalingHistory.Event> latest) {
      Decision decision = view.decision();
      return new ScalingStatus(
          config.mode().label(),
          view.leads(),
          config.thresholds().bounds().min(),
          config.thresholds().bounds().max(),
          decision == null ? List.of() : decision.reasons(),
          latest.stream().map(ScalingEvent::of).toList());
    }
  }

  /** An action. {@code failure} is the reason if it failed, otherwise null. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ScalingEvent(
      String at,
      String action,
      int fromInstances,
      int toInstances,
      List<String> reasons,
      @Nullable String failure) {

    static ScalingEvent of(ScalingHistory.Event event) {
      Decision decision = event.decision();
      return new ScalingEvent(
          decision.at().toString(),
          decision.action().label(),
          decision.from(),
          decision.to(),
          decision.reasons(),
          event.failure());
    }
  }

  /**
   * Adds the administrators' passwords of the databases and of Redis, read from the data directory.
   */
  public FleetStatus withSecrets(DataDirectory data) {
    String password = data.credentials().admin();
    return new FleetStatus(
        state,
        url,
        controlUrl,
        adminTokenFile,
        supervisor,
        balancer,
        instances,
        databases.stream().map(database -> database.withPassword(password)).toList(),
        redis == null ? null : redis.withPassword(data.redisAccess().admin()),
        scaling);
  }
}
