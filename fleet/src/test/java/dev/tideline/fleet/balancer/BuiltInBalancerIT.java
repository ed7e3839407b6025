package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.fleet.FleetException;
import dev.tideline.fleet.balancer.Balancer.Balancing;
import dev.tideline.fleet.process.Ports;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BuiltInBalancerIT extends BalancerContract {

  private final Ports ports = new Ports();
  private final int port = ports.free();
  private final int second = ports.free();

  @Override
  Balancer start(Balancing balancing) {
    return BuiltInBalancer.start(port, balancing);
  }

  @Override
  int port() {
    return port;
  }

  @Override
  boolean repeatsHalfAnswers() {
    return true;
  }

  @Test
  void start_portTaken_saysWhich() {
    assertThatThrownBy(() -> BuiltInBalancer.start(port, Balancing.DEFAULT))
        .isInstanceOf(FleetException.class)
        .hasMessageContaining(Integer.toString(port));
  }

  @Test
  void post_ofUnknownLengthThatABackendCutsOff_isTooLarge() throws Exception {
    byte[] blanks = new byte[2 * (int) RetryingProxy.BODY_BYTES_MAX];
    try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Balancer balancer = BuiltInBalancer.start(second, Balancing.DEFAULT);
        HttpClient http = HttpClient.newHttpClient()) {
      balancer.route(List.of(new Backend("cuts-off", backend.getLocalPort())));
      Thread.ofVirtual().start(() -> cutOff(backend));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + second + "/"))
              .version(HttpClient.Version.HTTP_1_1)
              .timeout(Duration.ofSeconds(30))
              .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(blanks)))
              .build();
      assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }
  }

  /** Reads as much as an instance takes, and closes. */
  private static void cutOff(ServerSocket backend) {
    try (Socket socket = backend.accept()) {
      socket.getInputStream().readNBytes((int) RetryingProxy.BODY_BYTES_MAX + 1_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void post_longerThanAnyInstanceTakes_isRefusedAtOnce() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        InputStream in = socket.getInputStream()) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
      assertThat(head).isEqualTo("HTTP/1.1 413");
    }
  }
}
