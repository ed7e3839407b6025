package dev.tideline.cache.edge;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** What calls to edges have in common. */
final class HttpEdge {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int SHOWN_MAX = 200;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  /** Sends a request that must be answered with 200. */
  void send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      String body = answer.body();
      throw new IOException(
          "%d %s"
              .formatted(
                  answer.statusCode(), body.substring(0, Math.min(SHOWN_MAX, body.length()))));
    }
  }
}
