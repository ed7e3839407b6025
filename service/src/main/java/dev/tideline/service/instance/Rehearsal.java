package dev.tideline.service.instance;

import dev.tideline.engine.warming.WarmStore;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.service.health.Readiness;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends this instance typical requests over HTTP, one after another, until it is warm or the time
 * is up: code that has never run takes ten times as long. It speaks HTTP by hand, for loading a
 * client would take longer than all its requests.
 */
final class Rehearsal {

  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

  private static final int QUERIES = 20;
  private static final int PRODUCTS = 20;
  private static final int PREFIX_LENGTH = 3;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

  private final WarmStore store;
  private final Readiness readiness;
  private final String host;
  private final int port;

  Rehearsal(WarmStore store, Readiness readiness, String host, int port) {
    this.store = store;
    this.readiness = readiness;
    this.host = host;
    this.port = port;
  }

  /** Sends requests for at most the given time; without a database, none. */
  void run(Duration longest) {
    long start = System.nanoTime();
    long end = start + longest.toNanos();
    int asked = 0;
    try {
      List<String> paths = longest.isZero() ? List.of() : paths();
      while (!paths.isEmpty() && readiness.warmth() < 1 && System.nanoTime() - end < 0) {
        ask(paths.get(asked++ % paths.size()));
      }
      log.info(
          "warmed up with {} requests in {} ms", asked, (System.nanoTime() - start) / 1_000_000);
    } catch (RoutingException | IOException e) {
      log.info("the warm-up stopped after {} requests: {}", asked, e.getMessage());
    }
  }

  private List<String> paths() {
    List<String> queries = store.queries(QUERIES);
    List<String> products = store.products(1, PRODUCTS);
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < Math.max(1, Math.max(queries.size(), products.size())); i++) {
      String query = queries.isEmpty() ? "a" : queries.get(i % queries.size());
      paths.add("/v1/search?q=" + encoded(query));
      paths.add("/v1/search?q=" + encoded(query) + "&facets=brand,category&limit=10");
      paths.add("/v1/suggest?q=" + encoded(beginning(query)));
      paths.add("/v1/recommendations/rehearsal-" + i);
      paths.add("/v1/trending");
      if (!products.isEmpty()) {
        String product = encoded(products.get(i % products.size()));
        paths.add("/v1/products/" + product);
        paths.add("/v1/products/" + product + "/similar");
      }
    }
    paths.add("/health");
    paths.add("/metrics");
    return paths;
  }

  private static String beginning(String query) {
    return query.substring(
        0,
        query.offsetByCodePoints(
            0, Math.min(PREFIX_LENGTH, query.codePointCount(0, query.length()))));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void ask(String path) throws IOException {
    InetAddress bound = InetAddress.getByName(host);
    try (Socket socket =
        new Socket(bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound, port)) {
      socket.setSoTimeout((int) ANSWER_MAX.toMillis());
      OutputStream out = socket.getOutputStream();
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      try (InputStream in = socket.getInputStream()) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }
}
