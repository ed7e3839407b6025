package dev.tideline.routing;

import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.route.RouteReason;
import dev.tideline.routing.route.RoutingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** Remembers where reads went. */
final class RoutedReads implements RoutingListener {

  record Read(long nanos, String node, RouteReason reason) {}

  private final Queue<Read> reads = new ConcurrentLinkedQueue<>();

  @Override
  public void readRouted(String node, NodeRole role, RouteReason reason) {
    reads.add(new Read(System.nanoTime(), node, reason));
  }

  List<Read> all() {
    return new ArrayList<>(reads);
  }

  void forget() {
    reads.clear();
  }

  Map<String, Long> byNode() {
    return reads.stream().collect(Collectors.groupingBy(Read::node, Collectors.counting()));
  }

  Map<RouteReason, Long> byReason() {
    return reads.stream().collect(Collectors.groupingBy(Read::reason, Collectors.counting()));
  }
}
