package dev.tideline.service.health;

import dev.tideline.cache.RedisConnection;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.NodeStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The health of an instance and its dependencies. Databases and Redis are polled in the background,
 * so this is made from memory, at once, even while one of them hangs.
 */
public record HealthReport(Status status, Map<String, Map<String, String>> checks) {

  /** The instance can answer all, only some, or no requests. */
  public enum Status {
    UP,
    DEGRADED,
    DOWN
  }

  /**
   * A node whose poll takes longer may hang. Statements may continue to wait for it: that is
   * decided by the poll's own time-out.
   */
  private static final Duration SILENCE_MAX = Duration.ofMillis(400);

  public static HealthReport of(ReadWriteRouter router, RedisConnection redis) {
    return of(router.nodes(), redis.isUp());
  }

  static HealthReport of(List<NodeStatus> nodes, boolean redisUp) {
    boolean anyUp = nodes.stream().anyMatch(HealthReport::answers);
    boolean allUp = nodes.stream().allMatch(HealthReport::answers);
    Map<String, String> database = new LinkedHashMap<>();
    database.put("status", anyUp ? allUp ? "up" : "degraded" : "down");
    for (NodeStatus node : nodes) {
      database.put(
          node.role() == NodeRole.PRIMARY ? "primary" : node.name(), answers(node) ? "up" : "down");
    }
    Map<String, Map<String, String>> checks = new LinkedHashMap<>();
    checks.put("database", database);
    checks.put("redis", Map.of("status", redisUp ? "up" : "down"));
    return new HealthReport(
        !anyUp ? Status.DOWN : allUp && redisUp ? Status.UP : Status.DEGRADED, checks);
  }

  private static boolean answers(NodeStatus node) {
    return node.up() && node.silence().compareTo(SILENCE_MAX) < 0;
  }
}
