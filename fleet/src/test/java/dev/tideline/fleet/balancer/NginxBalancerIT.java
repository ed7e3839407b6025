package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tideline.fleet.balancer.Balancer.Algorithm;
import dev.tideline.fleet.process.Ports;
import dev.tideline.fleet.process.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Against a real NGINX; left out where it is not installed, but never in CI. */
final class NginxBalancerIT extends BalancerContract {

  @TempDir Path folder;

  private final int port = new Ports().free();

  @Override
  Balancer start() throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("nginx")).as("nginx is installed").isPresent();
    }
    Files.createDirectories(folder.resolve("run"));
    return NginxBalancer.start(
        folder.resolve("nginx"), folder, folder.resolve("run"), port, Algorithm.ROUND_ROBIN);
  }

  @Override
  int port() {
    return port;
  }

  /** NGINX repeats a request only while nothing of the answer has gone to the client. */
  @Override
  boolean repeatsHalfAnswers() {
    return false;
  }
}
