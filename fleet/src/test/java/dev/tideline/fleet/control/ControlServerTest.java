package dev.tideline.fleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.embedded.RawHttp;
import dev.tideline.embedded.process.Ports;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlServerTest {

  private final int port = new Ports().free();
  private final ControlServer server =
      ControlServer.start(
          port,
          () -> {
            throw new IllegalStateException("no status in this test");
          },
          new PrometheusRegistry(),
          "token-of-the-test",
          List::of);

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        "POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
        "GET /metrics HTTP/1.1\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
      })
  void bodiesAndMalformedRequests_areRefusedAtOnce_withAProblemDocument(String request)
      throws IOException {
    assertThat(RawHttp.ask(port, request))
        .matches("(?s)HTTP/1.1 4.*")
        .contains("application/problem+json", "trace_id");
  }

  @Test
  void console_mayReachItsOwnOriginAlone() throws IOException {
    assertThat(RawHttp.get(port, "/console"))
        .startsWith("HTTP/1.1 200")
        .contains("Content-Security-Policy: default-src 'none'", "connect-src 'self'");
  }
}
