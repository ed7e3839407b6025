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
 * Who is the primary, which replicas may be read, and which history they share: drawn from what the
 * nodes say and from who failed. Thread-safe; readers get a picture that does not change.
 */
public final class Cluster {

  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  /**
   * The cluster at a moment.
   *
   * @param primary where writes go, if it is up; null if every node that is up is a standby
   * @param fit replicas to read from; the same list until one comes or goes
   * @param lagging replicas that follow, past the lag limit
   * @param epoch the primary's history, null while there is none
   */
  public record View(
      @Nullable Node primary, List<Node> fit, List<Node> lagging, @Nullable String epoch) {

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

  /** Takes a node out; if it was the primary, there is none until another says that it is. */
  synchronized void remove(Node node) {
    nodes.remove(node);
    if (isPrimary(node)) {
      redraw(null);
    }
    draw();
  }

  boolean hasReplicas() {
    return nodes.size() > 1;
  }

  @SuppressWarnings("ReferenceEquality") // nodes are themselves
  boolean isPrimary(Node node) {
    return view.primary() == node;
  }

  /** A node has answered. */
  synchronized void saw(Node node, Sighting seen) {
    node.saw(seen);
    if (node.found()) {
      log.info("{} is back", node.name());
    }
    choosePrimary();
    if (isPrimary(node) && !seen.inRecovery()) {
      lags.primarySaid(seen, System.nanoTime());
    } else if (seen.inRecovery()) {
      // Now, and not when the primary is heard: it would look late for a poll's pause.
      node.setLag(lags.lag(seen));
    }
    draw();
  }

  /**
   * A connection of a node has failed: others are read from, if there are any, until a probe has
   * told.
   */
  void suspect(Node node) {
    if (node.suspect()) {
      synchronized (this) {
        draw();
      }
    }
  }

  /** A node answers, but has no room for a connection to poll it. */
  synchronized void trust(Node node) {
    node.trust();
    draw();
  }

  /** A node does not answer; nothing more is sent to it until it does. */
  void lost(Node node, Throwable why) {
    if (!node.lost()) {
      return; // many find it at once
    }
    log.warn("{} is away: {}", node.name(), SqlFailure.message(why));
    synchronized (this) {
      draw();
    }
  }

  /**
   * The node that is not in recovery, of the highest timeline; one of a lower timeline was
   * superseded and must not be followed back.
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
        redraw(null);
      }
      return;
    }
    if (isKnownSystem(seen) && seen.timeline() < timeline) {
      return; // an old primary that came back, while the one that replaced it is away
    }
    system = seen.system();
    timeline = seen.timeline();
    if (!chosen.equals(before)) {
      log.warn("{} is the primary now, on timeline {}", chosen.name(), timeline);
      lags.primaryChanged();
      redraw(chosen);
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

  private void redraw(@Nullable Node primary) {
    view = new View(primary, view.fit(), view.lagging(), view.epoch());
  }

  private void draw() {
    View before = view;
    Node primary = before.primary();
    String epoch = before.epoch();
    Sighting told = primary == null ? null : primary.sighting();
    if (told != null && told.fits()) {
      epoch = told.epoch();
    }
    List<Node> fit = new ArrayList<>();
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
        (node.isLagging() ? lagging : fit).add(node);
      }
    }
    List<Node> trusted = trusted(fit);
    view =
        new View(
            primary,
            trusted.equals(before.fit()) ? before.fit() : List.copyOf(trusted),
            List.copyOf(lagging),
            epoch);
  }

  private static List<Node> trusted(List<Node> fit) {
    List<Node> trusted = fit.stream().filter(node -> !node.isSuspected()).toList();
    return trusted.isEmpty() ? fit : trusted;
  }

  private static boolean isOfHistory(Sighting seen, @Nullable String epoch) {
    return epoch == null || seen.epoch() == null || epoch.equals(seen.epoch());
  }

  /** Whether a node that is up is left out because of its history: that may mend soon. */
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
