package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.fleet.FleetException;
import dev.tideline.fleet.balancer.Balancer.Algorithm;
import dev.tideline.fleet.process.Ports;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class BuiltInBalancerIT extends BalancerContract {

  private final int port = new Ports().free();

  @Override
  Balancer start() {
    return BuiltInBalancer.start(port, Algorithm.ROUND_ROBIN);
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
    assertThatThrownBy(() -> BuiltInBalancer.start(port, Algorithm.ROUND_ROBIN))
        .isInstanceOf(FleetException.class)
        .hasMessageContaining(Integer.toString(port));
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
