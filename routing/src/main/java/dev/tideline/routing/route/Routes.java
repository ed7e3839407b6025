package dev.tideline.routing.route;

import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.Node;
import dev.tideline.routing.node.Nodes;
import dev.tideline.routing.node.RoutingException;
import java.time.Duration;

/** Leads reads and writes to the nodes, by the router's settings. Thread-safe. */
public final class Routes {

  private final Nodes nodes;
  private final RoutingListener listener;
  private final ReplicaSelector selector;
  private final PrimaryShield shield;
  private final Duration replayWait;

  public Routes(Nodes nodes, ReadSettings settings, RoutingListener listener) {
    this.nodes = nodes;
    this.listener = listener;
    this.selector = settings.selection().get();
    this.shield = new PrimaryShield(settings.fallbackReads(), nodes.acquireTimeout());
    this.replayWait = settings.positionWait();
  }

  public Nodes nodes() {
    return nodes;
  }

  /** The nodes that one read tries. */
  public ReadRoute read(ReadContext context) {
    return new ReadRoute(this, context);
  }

  /**
   * A connection of the primary, for a write.
   *
   * @throws RoutingException if there is none to be had
   */
  public Lease write() {
    Lease lease = nodes.lendPrimary();
    countWrite(lease.node());
    return lease;
  }

  /** A connection that was lent for a read is used for a write. */
  public void countWrite(Node node) {
    listener.writeRouted(node.name());
  }

  RoutingListener listener() {
    return listener;
  }

  ReplicaSelector selector() {
    return selector;
  }

  PrimaryShield shield() {
    return shield;
  }

  Duration replayWait() {
    return replayWait;
  }
}
