package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.Programs;
import dev.tideline.fleet.balancer.Balancer.Balancing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real NGINX; left out where it is not installed, but never in CI. */
final class NginxBalancerIT extends BalancerContract {

  @TempDir Path folder;

  private final int port = new Ports().free();

  @Override
  Balancer start(Balancing balancing) throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("nginx")).as("nginx is installed").isPresent();
    }
    Files.createDirectories(folder.resolve("run"));
    return NginxBalancer.start(
        folder.resolve("nginx"), folder, folder.resolve("run"), port, balancing);
  }

  @Override
  int port() {
    return port;
  }

  @Test
  void route_backendDiedAndCameBack_needsNoReload() throws Exception {
    try (Balancer balancer =
            NginxBalancer.start(
                folder.resolve("second"),
                folder,
                folder.resolve("run"),
                new Ports().free(),
                Balancing.DEFAULT);
        TestBackend alive = new TestBackend("alive");
        TestBackend hung = new TestBackend("hung")) {
      Backend dead = new Backend("dead", new Ports().free());
      List<Backend> all = List.of(alive.backend(), dead, hung.backend());
      balancer.route(all);
      Path configuration = folder.resolve("second/nginx.conf");
      String before = Files.readString(configuration);
      balancer.route(List.of(alive.backend(), hung.backend()));
      balancer.route(all);
      assertThat(Files.readString(configuration)).isEqualTo(before);
      balancer.route(List.of(alive.backend(), dead)); // listens, and yet is to have nothing
      assertThat(Files.readString(configuration))
          .doesNotContain(":" + hung.backend().port())
          .contains(":" + alive.backend().port());
    }
  }

  /** NGINX repeats a request only while nothing of the answer has gone to the client. */
  @Override
  boolean repeatsHalfAnswers() {
    return false;
  }
}
