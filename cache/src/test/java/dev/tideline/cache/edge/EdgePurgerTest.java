package dev.tideline.cache.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tideline.cache.Stamp;
import dev.tideline.cache.edge.EdgePurger.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EdgePurgerTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Stamp AT = new Stamp("one", 7);

  private final List<List<String>> calls = new CopyOnWriteArrayList<>();
  private final AtomicInteger failing = new AtomicInteger();
  private final AtomicBoolean replayed = new AtomicBoolean();
  private final AtomicInteger givenUp = new AtomicInteger();
  private HttpServer server;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger status = new AtomicInteger(200);

  @BeforeEach
  void listen() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          heard.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + List.of("xkey-purge", "surrogate-key", "fastly-key", "authorization").stream()
                      .map(name -> exchange.getRequestHeaders().getFirst(name))
                      .filter(value -> value != null)
                      .toList()
                  + body);
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private EdgePurger open(Settings settings) {
    EdgeCache edge =
        new EdgeCache() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public int keysMax() {
            return 3;
          }

          @Override
          public void purge(List<String> keys) throws IOException {
            if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
              throw new IOException("out of order");
            }
            calls.add(List.copyOf(keys));
          }
        };
    return EdgePurger.open(
        edge,
        settings,
        at -> replayed.get(),
        new EdgePurger.Listener() {
          @Override
          public void givenUp(int keys) {
            givenUp.addAndGet(keys);
          }
        });
  }

  private static Settings settings(int keys, int attempts) {
    return new Settings(keys, 1_000, attempts, Duration.ZERO);
  }

  private List<String> purged() {
    List<String> all = new ArrayList<>();
    calls.forEach(all::addAll);
    return all;
  }

  @Test
  void purge_goesAtOnce_inParts_andAgainWhenReplicasHaveReplayed() {
    try (EdgePurger purger = open(settings(100, 3))) {
      purger.purge(AT, List.of("product:a b", "word:ü", "x/y", "any"));
      await().atMost(LONG).until(() -> purged().size() == 4);
      assertThat(calls.getFirst()).hasSize(3);
      assertThat(purged()).containsExactlyInAnyOrder("product:a%20b", "word:%C3%BC", "x/y", "any");
      replayed.set(true);
      await().atMost(LONG).until(() -> purged().size() == 8);
    }
  }

  @Test
  void failure_isTriedAgain_andGivenUpInTheEnd() {
    failing.set(2);
    try (EdgePurger purger = open(settings(100, 3))) {
      purger.purge(AT, List.of("a"));
      await().atMost(LONG).until(() -> purged().contains("a"));
      assertThat(givenUp).hasValue(0);
      failing.set(3);
      purger.purge(AT, List.of("b"));
      await().atMost(LONG).until(() -> givenUp.get() == 1);
    }
  }

  @Test
  void tooManyKeys_purgeEverythingInstead() {
    failing.set(1_000_000);
    try (EdgePurger purger = open(settings(5, 1_000_000))) {
      for (int i = 0; i < 20; i++) {
        purger.purge(AT, List.of("key-" + i));
      }
      failing.set(0);
      await().atMost(LONG).until(() -> purged().contains("catalog"));
    }
  }

  @Test
  void clearedKeys_purgeEverything_forTheEdgeHasOthers() {
    try (EdgePurger purger = open(settings(100, 3))) {
      purger.purge(AT, List.of("keys:search:*"));
      await().atMost(LONG).until(() -> purged().equals(List.of("catalog")));
    }
  }

  @Test
  void drivers_sayItAsEachEdgeWantsIt() throws Exception {
    new VarnishEdge(List.of(url())).purge(List.of("a", "b"));
    new FastlyEdge(url(), "service-1", "secret").purge(List.of("a", "b"));
    new CloudflareEdge(url(), "zone-1", "secret").purge(List.of("a", "b"));
    assertThat(heard)
        .containsExactly(
            "PURGE / [a b]",
            "POST /service/service-1/purge [a b, secret]",
            "POST /client/v4/zones/zone-1/purge_cache [Bearer secret]{\"tags\":[\"a\",\"b\"]}");
    status.set(429);
    assertThatThrownBy(() -> new FastlyEdge(url(), "s", "t").purge(List.of("a")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("429");
  }

  @Test
  void oneVarnishDown_theOthersAreToldAllTheSame() {
    VarnishEdge both = new VarnishEdge(List.of(URI.create("http://127.0.0.1:1"), url()));
    assertThatThrownBy(() -> both.purge(List.of("a"))).isInstanceOf(IOException.class);
    assertThat(heard).containsExactly("PURGE / [a]");
  }
}
