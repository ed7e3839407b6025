package dev.tideline.cache.edge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Collectors;

/** Cloudflare, by the cache tags of a zone. */
public final class CloudflareEdge implements EdgeCache {

  public static final URI API = URI.create("https://api.cloudflare.com");

  private static final int KEYS_MAX = 100;

  private final URI endpoint;
  private final String token;
  private final HttpEdge http = new HttpEdge();

  /**
   * A zone of Cloudflare's.
   *
   * @param api {@link #API}
   * @param token that may purge the zone's cache
   */
  public CloudflareEdge(URI api, String zone, String token) {
    this.endpoint = api.resolve("/client/v4/zones/" + zone + "/purge_cache");
    this.token = token;
  }

  @Override
  public String name() {
    return "cloudflare";
  }

  @Override
  public int keysMax() {
    return KEYS_MAX;
  }

  @Override
  public void purge(List<String> keys) throws IOException, InterruptedException {
    // keys are percent-encoded: nothing in them needs to be escaped
    String tags = keys.stream().map(key -> '"' + key + '"').collect(Collectors.joining(","));
    http.send(
        HttpRequest.newBuilder(endpoint)
            .timeout(HttpEdge.TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"tags\":[" + tags + "]}"))
            .build());
  }
}
