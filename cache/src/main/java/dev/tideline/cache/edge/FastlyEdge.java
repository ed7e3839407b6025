package dev.tideline.cache.edge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;

/** Fastly, by surrogate keys. */
public final class FastlyEdge implements EdgeCache {

  public static final URI API = URI.create("https://api.fastly.com");

  private static final int KEYS_MAX = 256;

  private final URI endpoint;
  private final String token;
  private final HttpEdge http = new HttpEdge();

  /**
   * A service of Fastly's.
   *
   * @param api {@link #API}
   * @param token that may purge
   */
  public FastlyEdge(URI api, String service, String token) {
    this.endpoint = api.resolve("/service/" + service + "/purge");
    this.token = token;
  }

  @Override
  public String name() {
    return "fastly";
  }

  @Override
  public int keysMax() {
    return KEYS_MAX;
  }

  @Override
  public void purge(List<String> keys) throws IOException, InterruptedException {
    http.send(
        HttpRequest.newBuilder(endpoint)
            .timeout(HttpEdge.TIMEOUT)
            .header("Fastly-Key", token)
            .header("Accept", "application/json")
            .header("Surrogate-Key", String.join(" ", keys))
            .POST(BodyPublishers.noBody())
            .build());
  }
}
