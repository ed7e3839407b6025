package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.Programs;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.balancer.Balancer.Balancing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code deploy/nginx/nginx.conf} in a real NGINX: only ports, paths of temporary files and the
 * instances differ. Left out where NGINX is not installed, but never in CI.
 */
final class DeployedNginxIT extends BalancerContract {

  private static final Path DEPLOYED = Path.of("../deploy/nginx");

  @TempDir Path folder;

  private final int port = new Ports().free();

  /** NGINX by itself: whoever changes the instances writes the list, and has it read anew. */
  private final class Deployed implements Balancer {

    private final Process process;
    private List<Backend> routed = List.of();

    Deployed() throws IOException, InterruptedException {
      String configuration =
          Files.readString(DEPLOYED.resolve("nginx.conf"))
              .replace("listen 8080", "listen 127.0.0.1:" + port)
              .replace("/tmp/", folder + "/")
              .replace("/dev/stdout", folder + "/access.log");
      Files.writeString(
          folder.resolve("nginx.conf"),
          (System.getProperty("user.name").equals("root") ? "user root;\n" : "") + configuration);
      write(List.of(new Backend("nobody", 1)));
      process =
          new ProcessBuilder(
                  Programs.find("nginx").orElseThrow().toString(),
                  "-p",
                  folder.toString(),
                  "-c",
                  folder.resolve("nginx.conf").toString(),
                  "-e",
                  "stderr",
                  "-g",
                  "daemon off;")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("error.log").toFile())
              .start();
      while (!NginxBalancer.listens(port)) {
        assertThat(process.isAlive()).as(Files.readString(folder.resolve("error.log"))).isTrue();
        Thread.onSpinWait();
      }
    }

    private void write(List<Backend> backends) {
      String servers =
          backends.stream()
              .map(one ->
                  "server 127.0.0.1:%d max_fails=3 fail_timeout=10s;\n".formatted(one.port()))
              .collect(Collectors.joining());
      try {
        Files.writeString(folder.resolve("instances.conf"), servers);
        Files.writeString(folder.resolve("instances-patient.conf"), patient(servers));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void route(List<Backend> backends) {
      routed = List.copyOf(backends);
      write(backends);
      try {
        Programs.signal(process.pid(), "HUP");
      } catch (InterruptedException e) {
        throw new ServerException("interrupted", e);
      }
    }

    @Override
    public boolean isIdle(Backend backend) {
      return !routed.contains(backend);
    }

    @Override
    public Kind kind() {
      return Kind.NGINX;
    }

    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public void close() {
      process.destroy();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** As the comment in {@code instances-patient.conf} has it. */
  private static String patient(String servers) {
    return servers
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceFirst("max_fails=.*;", "max_fails=0;") + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void instancesPatient_areThoseOfInstances() throws Exception {
    assertThat(Files.readString(DEPLOYED.resolve("instances-patient.conf")))
        .endsWith(patient(Files.readString(DEPLOYED.resolve("instances.conf"))));
  }

  @Override
  Balancer start(Balancing balancing) throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("nginx")).as("nginx is installed").isPresent();
    }
    return new Deployed();
  }

  @Override
  int port() {
    return port;
  }

  @Override
  boolean repeatsHalfAnswers() {
    return false;
  }

  /** Not deployed so: instances keep nothing of a client's. */
  @Override
  void get_sticky_staysWithOneBackend_andGoesToAnotherWhenItIsGone() {}

  @Test
  void operatorsPaths_areNotForTheWorld() throws Exception {
    assertThat(statusOf("/metrics")).isEqualTo(404);
    assertThat(statusOf("/admin/v1/cache/stats")).isEqualTo(404);
    assertThat(statusOf("/v1/search?q=a")).isEqualTo(200);
  }
}
