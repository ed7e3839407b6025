package dev.tideline.cache.edge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;

/**
 * Varnish with the module {@code xkey}, as {@code deploy/varnish} configures it. Each server has a
 * cache of its own, so each is told.
 */
public final class VarnishEdge implements EdgeCache {

  private static final int KEYS_MAX = 200;

  private final List<URI> servers;
  private final HttpEdge http = new HttpEdge();

  /**
   * Some servers.
   *
   * @param servers such as {@code http://varnish-1:6081}
   */
  public VarnishEdge(List<URI> servers) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("no servers");
    }
    this.servers = List.copyOf(servers);
  }

  @Override
  public String name() {
    return "varnish";
  }

  @Override
  public int keysMax() {
    return KEYS_MAX;
  }

  @Override
  public void purge(List<String> keys) throws IOException, InterruptedException {
    IOException failed = null;
    for (URI server : servers) {
      try {
        http.send(
            HttpRequest.newBuilder(server.resolve("/"))
                .timeout(HttpEdge.TIMEOUT)
                .header("xkey-purge", String.join(" ", keys))
                .method("PURGE", BodyPublishers.noBody())
                .build());
      } catch (IOException e) {
        failed = e; // the others are told all the same; this one is tried again
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
