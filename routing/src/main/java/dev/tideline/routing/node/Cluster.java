package dev.tideline.routing.node;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Determines the primary, the usable replicas and their common history from what the nodes report
 * and from failures. Thread-safe; readers get an immutable view.
 */
public final class Cluster {

  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  /**
   * The state of the cluster at one moment.
   *
   * @param primary where writes go, if it is up; null if every node that is up is a standby
   * @param usable replicas to read from; the same list object until its members change
   * @param lagging replicas of the same history past the lag limit
   * @param epoch the primary's history, null until one is known
   */
  public record View(
      @Nullable Node primary, List<Node> usable, List<Node> lagging, @Nullable String epoch) {

    public boolean primaryIsUp() {
      return primary != null && primary.isUp();
    }
  }

  private final List<Node> nodes;
  private final LagRecord lags = new LagRecord();
  private String system = "";
  private long timeline;
  private volatile View view;

  /** The configured primary first. */
  Cluster(List<Node> nodes) {
    this.nodes = new CopyOnWriteArrayList<>(nodes);
    this.view = new View(nodes.getFirst(), List.of(), List.of(), null);
  }

  View view() {
    return view;
  }

  List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  void add(Node node) {
    nodes.add(node);
  }

  /** Removes a node. If it was the primary, there is none until another node reports that it is. */
  synchronized void remove(Node node) {
    nodes.remove(node);
    if (isPrimary(node)) {
      setPrimary(null);
    }
    updateView();
  }

  boolean hasReplicas() {
    return nodes.size() > 1;
  }

  @SuppressWarnings("ReferenceEquality") // nodes are compared by identity
  boolean isPrimary(Node node) {
    return view.primary() == node;
  }

  /** Called when a node has answered a poll. */
  synchronized void recordSighting(Node node, Sighting seen) {
    node.recordSighting(seen);
    if (node.found()) {
      log.info("{} is up again", node.name());
    }
    choosePrimary();
    if (isPrimary(node) && !seen.inRecovery()) {
      lags.primarySaid(seen, System.nanoTime());
    } else if (seen.inRecovery()) {
      // Not at the primary's next poll: the replica would look late for a poll interval.
      node.setLag(lags.lag(seen));
    }
    updateView();
  }

  /**
   * Called when a connection of a node has failed: reads go to other nodes, if there are any, until
   * a probe has succeeded or failed.
   */
  void suspect(Node node) {
    if (node.suspect()) {
      synchronized (this) {
        updateView();
      }
    }
  }

  /** Called when a node is up but lacks the resources to be polled. */
  synchronized void trust(Node node) {
    node.trust();
    updateView();
  }

  /** Called when a node does not answer; nothing is sent to it until it does. */
  void lost(Node node, Throwable why) {
    if (!node.lost()) {
      return; // several threads find it at once
    }
    log.warn("{} is down: {}", node.name(), SqlFailure.message(why));
    synchronized (this) {
      updateView();
    }
  }

  /**
   * Chooses the node that is not in recovery and has the highest timeline. A primary of a lower
   * timeline was superseded and must not be followed again.
   */
  private void choosePrimary() {
    Node before = view.primary();
    Node chosen =
        nodes.stream()
            .filter(node -> writes(node.sighting()))
            .max(
                Comparator.comparingInt((Node node) -> isKnownSystem(node.sighting()) ? 1 : 0)
                    .thenComparingLong(node -> timeline(node.sighting()))
                    .thenComparingInt(node -> node.equals(before) ? 1 : 0))
            .orElse(null);
    Sighting seen = chosen == null ? null : chosen.sighting();
    if (chosen == null || seen == null) {
      if (before != null && before.sighting() != null) {
        log.warn("{} is a standby now, and there is no primary", before.name());
        setPrimary(null);
      }
      return;
    }
    if (isKnownSystem(seen) && seen.timeline() < timeline) {
      return; // an old primary is up again while the one that replaced it is down
    }
    system = seen.system();
    timeline = seen.timeline();
    if (!chosen.equals(before)) {
      log.warn("{} is the primary now, on timeline {}", chosen.name(), timeline);
      lags.primaryChanged();
      setPrimary(chosen);
    }
  }

  private static boolean writes(@Nullable Sighting seen) {
    return seen != null && !seen.inRecovery();
  }

  private boolean isKnownSystem(@Nullable Sighting seen) {
    return seen != null && (system.isEmpty() || system.equals(seen.system()));
  }

  private static long timeline(@Nullable Sighting seen) {
    return seen == null ? 0 : seen.timeline();
  }

  private void setPrimary(@Nullable Node primary) {
    view = new View(primary, view.usable(), view.lagging(), view.epoch());
  }

  private void updateView() {
    View before = view;
    Node primary = before.primary();
    String epoch = before.epoch();
    Sighting reported = primary == null ? null : primary.sighting();
    if (reported != null && reported.fits()) {
      epoch = reported.epoch();
    }
    List<Node> usable = new ArrayList<>();
    List<Node> lagging = new ArrayList<>();
    for (Node node : nodes) {
      Sighting seen = node.sighting();
      if (node.isUp() && seen != null) {
        node.pool().becomes(node.equals(primary) ? NodeRole.PRIMARY : NodeRole.REPLICA);
      }
      if (node.equals(primary) || seen == null || !seen.inRecovery()) {
        continue;
      }
      if (node.isUp() && isOfHistory(seen, epoch)) {
        (node.isLagging() ? lagging : usable).add(node);
      }
    }
    List<Node> trusted = trusted(usable);
    view =
        new View(
            primary,
            trusted.equals(before.usable()) ? before.usable() : List.copyOf(trusted),
            List.copyOf(lagging),
            epoch);
  }

  private static List<Node> trusted(List<Node> usable) {
    List<Node> trusted = usable.stream().filter(node -> !node.isSuspected()).toList();
    return trusted.isEmpty() ? usable : trusted;
  }

  private static boolean isOfHistory(Sighting seen, @Nullable String epoch) {
    return epoch == null || seen.epoch() == null || epoch.equals(seen.epoch());
  }

  /** Whether a node that is up is excluded because of its history; that may change soon. */
  boolean isLeftOut(Node node) {
    return state(node) == NodeState.OTHER_HISTORY;
  }

  private NodeState state(Node node) {
    Sighting seen = node.sighting();
    if (!node.isUp()) {
      return NodeState.DOWN;
    }
    if (isPrimary(node) || seen == null) {
      return NodeState.UP;
    }
    if (!seen.inRecovery() || !isOfHistory(seen, view.epoch())) {
      return NodeState.OTHER_HISTORY;
    }
    return node.isLagging() ? NodeState.LAGGING : NodeState.UP;
  }

  synchronized List<NodeStatus> status() {
    return nodes.stream()
        .map(node -> node.status(state(node), lags.lagBytes(node.sighting())))
        .toList();
  }
}
