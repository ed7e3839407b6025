package dev.tideline.routing.node;

import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resolves a host name periodically, and adds and removes nodes as its addresses change. */
final class HostWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HostWatch.class);

  private final HostedReplicas hosted;
  private final Nodes nodes;
  private final BackgroundLoop loop;
  private Set<String> known = new TreeSet<>();

  HostWatch(HostedReplicas hosted, Nodes nodes) {
    this.hosted = hosted;
    this.nodes = nodes;
    look();
    this.loop = BackgroundLoop.every(hosted.interval(), "lookup-" + hosted.host(), this::look);
  }

  /** If the name cannot be resolved, no replica is removed: replicas are probed separately. */
  private void look() {
    Set<String> urls = new TreeSet<>();
    try {
      hosted
          .resolver()
          .addresses(hosted.host())
          .forEach(address -> urls.add(hosted.urlOf(address)));
    } catch (UnknownHostException e) {
      log.warn("{} cannot be resolved; its replicas stay unchanged", hosted.host());
      return;
    }
    if (urls.equals(known)) {
      return;
    }
    for (String gone : List.copyOf(known)) {
      if (!urls.contains(gone)) {
        nodes.remove(gone);
      }
    }
    for (String url : urls) {
      if (!known.contains(url)) {
        nodes.addReplica(url);
      }
    }
    known = urls;
  }

  @Override
  public void close() {
    loop.close();
  }
}
