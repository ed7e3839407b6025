package dev.tideline.routing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Probes each node at a fixed pause, on a thread of its own, so that one that hangs delays no
 * other.
 */
final class NodeMonitor implements AutoCloseable {

  private final List<Thread> threads;
  private final CountDownLatch firstProbes;

  NodeMonitor(List<Node> nodes, Duration interval) {
    firstProbes = new CountDownLatch(nodes.size());
    threads =
        nodes.stream()
            .map(node ->
                Thread.ofVirtual().name("probe-" + node.name()).start(() -> probe(node, interval)))
            .toList();
  }

  private void probe(Node node, Duration interval) {
    node.probe();
    firstProbes.countDown();
    while (!Thread.currentThread().isInterrupted()) {
      try {
        TimeUnit.NANOSECONDS.sleep(interval.toNanos());
      } catch (InterruptedException e) {
        return;
      }
      node.probe();
    }
  }

  /** Waits until each node has been asked once. */
  void awaitFirstProbes(Duration wait) throws InterruptedException {
    firstProbes.await(wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
