package dev.tideline.service.http;

import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouteDecision;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.sql.Classification;
import io.helidon.http.Method;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The calls of operators about databases and the routing of statements. */
final class RoutingEndpoints {

  private final ReadWriteRouter router;

  RoutingEndpoints(ReadWriteRouter router) {
    this.router = router;
  }

  List<Route> routes() {
    return List.of(
        Route.admin(Method.GET, "/admin/v1/replicas", this::replicas),
        Route.admin(Method.GET, "/admin/v1/routing/explain", this::explain));
  }

  record Pool(int active, int idle, int pending, int max) {}

  record Database(
      String name,
      String role,
      String state,
      @Nullable Double lagSeconds,
      @Nullable Long lagBytes,
      String epoch,
      long reads,
      double shareOfReads,
      int inFlight,
      Pool pool) {

    static Database of(NodeStatus node, long allReads) {
      return new Database(
          node.name(),
          node.role().name().toLowerCase(Locale.ROOT),
          node.state().name().toLowerCase(Locale.ROOT),
          node.lag().map(Database::seconds).orElse(null),
          node.lagBytes() < 0 ? null : node.lagBytes(),
          node.position().epoch(),
          node.reads(),
          allReads == 0 ? 0 : (double) node.reads() / allReads,
          node.inFlight(),
          new Pool(
              node.pool().active(), node.pool().idle(), node.pool().pending(), node.pool().max()));
    }

    private static double seconds(Duration lag) {
      return lag.toMillis() / 1e3;
    }
  }

  /**
   * @param databases the configured primary first
   */
  record Replicas(@Nullable String primary, List<Database> databases) {}

  /**
   * @param target where it runs outside a transaction: {@code primary} or {@code replica}
   * @param detail the name that decided, if one did
   */
  record Explanation(String target, String kind, String reason, @Nullable String detail) {
    static Explanation of(RouteDecision decision) {
      Classification why = decision.why();
      return new Explanation(
          decision.target().name().toLowerCase(Locale.ROOT),
          why.kind().name().toLowerCase(Locale.ROOT),
          why.reason().label(),
          why.detail().isEmpty() ? null : why.detail());
    }
  }

  private Answer explain(Call call) {
    Parameters parameters = call.parameters();
    String sql = parameters.required("sql");
    parameters.check();
    return Answer.ok(Explanation.of(router.explain(sql)));
  }

  private Answer replicas(Call call) {
    call.parameters().check();
    List<NodeStatus> nodes = router.nodes();
    long reads = nodes.stream().mapToLong(NodeStatus::reads).sum();
    return Answer.ok(
        new Replicas(
            nodes.stream()
                .filter(node -> node.role() == NodeRole.PRIMARY)
                .map(NodeStatus::name)
                .findFirst()
                .orElse(null),
            nodes.stream().map(node -> Database.of(node, reads)).toList()));
  }
}
