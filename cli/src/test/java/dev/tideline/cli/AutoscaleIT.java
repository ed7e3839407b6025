package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tideline.embedded.process.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged command, with the libraries that it is delivered with, at an API that answers. */
final class AutoscaleIT {

  private static final String SCALE = "/apis/apps/v1/namespaces/shop/deployments/tideline/scale";

  @TempDir Path folder;

  private HttpServer api;

  @BeforeEach
  void start() throws Exception {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer(
        SCALE,
        """
        {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "tideline"},
         "spec": {"replicas": 0}, "status": {"replicas": 0, "selector": "app=tideline"}}
        """);
    answer(
        "/api/v1/namespaces/shop/pods",
        """
        {"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": []}
        """);
    api.start();
  }

  @AfterEach
  void stop() {
    api.stop(0);
  }

  private void answer(String path, String json) {
    api.createContext(
        path,
        exchange -> {
          byte[] body = json.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private Path kubeconfig() throws Exception {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: test, user: test, namespace: shop}}]
        users: [{name: test, user: {token: a-token}}]
        clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
        """
            .formatted(api.getAddress().getPort()));
  }

  private Process autoscale(Path err) throws Exception {
    List<String> command = new ArrayList<>(TidelineProcess.command(List.of("autoscale")));
    command.addAll(List.of("--control-port", Integer.toString(new Ports().free())));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(err.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "KUBECONFIG", kubeconfig().toString(),
                "TIDELINE_DB_PRIMARY_URL", "jdbc:postgresql://127.0.0.1:1/tideline",
                "TIDELINE_DB_USER", "tideline",
                "TIDELINE_DB_PASSWORD", "a password of nobody"));
    return builder.start();
  }

  @Test
  void kubeconfig_isRead_andADeploymentWithoutPodsIsWaitedFor() throws Exception {
    Path err = folder.resolve("err");
    Process autoscaler = autoscale(err);
    try {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> !autoscaler.isAlive() || Files.readString(err).contains("status on port"));
      assertThat(Files.readString(err))
          .contains("has no pods: waiting", "scaling Deployment tideline in namespace shop");
      assertThat(autoscaler.isAlive()).isTrue();
    } finally {
      autoscaler.destroy();
      if (!autoscaler.waitFor(1, TimeUnit.MINUTES)) {
        autoscaler.destroyForcibly();
      }
    }
  }
}
