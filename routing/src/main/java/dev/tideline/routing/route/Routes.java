package dev.tideline.routing.route;

import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.Node;
import dev.tideline.routing.node.Nodes;
import dev.tideline.routing.node.RoutingException;
import java.time.Duration;

/** Routes reads and writes to the nodes according to the router's settings. Thread-safe. */
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
   * Leases a connection to the primary for a write.
   *
   * @throws RoutingException if none is available
   */
  public Lease write() {
    Lease lease = nodes.lendPrimary();
    countWrite(lease.node());
    return lease;
  }

  /** Counts a write on a connection that was leased for a read. */
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
