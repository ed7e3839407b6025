package dev.tideline.fleet.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.autoscaling.InstanceReadings.Members;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What it asks of the API is what {@code deploy/kubernetes} lets it: see the autoscaler's Role. */
@EnableKubernetesMockClient
final class KubernetesDeploymentTest {

  private static final String SCALE = "/apis/apps/v1/namespaces/shop/deployments/tideline/scale";
  private static final String PODS =
      "/api/v1/namespaces/shop/pods?labelSelector=app%3Dtideline%2Ctier%21%3Dcanary";

  KubernetesMockServer server;
  KubernetesClient client;

  private KubernetesDeployment deployment() {
    return new KubernetesDeployment(
        client,
        new KubernetesDeployment.Address("shop", "tideline", "tideline", 8080),
        Duration.ofSeconds(5),
        Duration.ofMillis(5));
  }

  private static Scale scale(int replicas) {
    return new ScaleBuilder()
        .withNewMetadata()
        .withName("tideline")
        .withNamespace("shop")
        .withResourceVersion("7")
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .endSpec()
        .withNewStatus()
        .withReplicas(replicas)
        .withSelector("app=tideline,tier!=canary")
        .endStatus()
        .build();
  }

  private static Pod pod(String name, boolean ready, boolean leaving) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withDeletionTimestamp(leaving ? "2026-01-01T00:00:00Z" : null)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("tideline")
        .withNewResources()
        .addToLimits("cpu", new Quantity("1500m"))
        .addToRequests("cpu", new Quantity("500m"))
        .endResources()
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPodIP("10.0.0." + name.length())
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready ? "True" : "False")
        .withMessage(ready ? null : "0/3 nodes are available: insufficient cpu")
        .endCondition()
        .addNewContainerStatus()
        .withName("tideline")
        .withRestartCount(2)
        .endContainerStatus()
        .addNewContainerStatus()
        .withName("istio-proxy")
        .withRestartCount(7)
        .endContainerStatus()
        .endStatus()
        .build();
  }

  /** With a sidecar before the instance, as meshes put it, and with a limit of its own. */
  private static Pod withSidecar(Pod pod) {
    return new PodBuilder(pod)
        .editSpec()
        .addNewContainerLike(pod.getSpec().getContainers().getFirst())
        .endContainer()
        .editFirstContainer()
        .withName("istio-proxy")
        .withNewResources()
        .addToLimits("cpu", new Quantity("2"))
        .endResources()
        .endContainer()
        .endSpec()
        .build();
  }

  private void deployment(int status, String annotation) {
    server
        .expect()
        .get()
        .withPath(SCALE.replace("/scale", ""))
        .andReturn(
            status,
            status == 200
                ? new DeploymentBuilder()
                    .withNewMetadata()
                    .withName("tideline")
                    .addToAnnotations("tideline.dev/autoscaling", annotation)
                    .endMetadata()
                    .build()
                : new StatusBuilder().withCode(status).withMessage("is forbidden").build())
        .always();
  }

  private void pods(int times, Pod... pods) {
    server
        .expect()
        .get()
        .withPath(PODS)
        .andReturn(200, new PodListBuilder().withItems(pods).build())
        .times(times);
  }

  private List<RecordedRequest> requests() throws InterruptedException {
    List<RecordedRequest> all = new ArrayList<>();
    for (int left = server.getRequestCount(); left > 0; left--) {
      all.add(server.takeRequest(1, TimeUnit.SECONDS));
    }
    return all;
  }

  @Test
  void instances_isWhatIsAskedFor() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(3)).once();
    assertThat(deployment().instances()).isEqualTo(3);
  }

  /** As outside of a cluster, with what kubectl uses; its format is YAML. */
  @Test
  void open_readsAKubeconfig(@TempDir Path folder) throws Exception {
    server.expect().get().withPath(SCALE).andReturn(200, scale(3)).once();
    Path kubeconfig = folder.resolve("config");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: test, user: test, namespace: shop}}]
        users: [{name: test, user: {token: a-token}}]
        clusters: [{name: test, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
        """
            .formatted(server.url("/")));
    System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, kubeconfig.toString());
    try (KubernetesDeployment opened =
        KubernetesDeployment.open(Optional.empty(), "tideline", "tideline", 8080)) {
      assertThat(opened.address().namespace()).isEqualTo("shop");
      assertThat(opened.instances()).isEqualTo(3);
      assertThat(requests().getLast().getHeader("Authorization")).isEqualTo("Bearer a-token");
    } finally {
      System.clearProperty(Config.KUBERNETES_KUBECONFIG_FILE);
    }
  }

  @Test
  void scaleTo_more_updatesTheSubresourceOnce_andWaitsUntilThePodsAreReady() throws Exception {
    server.expect().get().withPath(SCALE).andReturn(200, scale(2)).once();
    server.expect().put().withPath(SCALE).andReturn(200, scale(3)).once();
    server.expect().get().withPath(SCALE).andReturn(200, scale(3)).always();
    pods(2, pod("a", true, false), pod("bb", true, false), pod("ccc", false, false));
    pods(1, pod("a", true, false), pod("bb", true, false), pod("ccc", true, false));
    deployment().scaleTo(3);
    List<RecordedRequest> puts =
        requests().stream().filter(request -> !request.getMethod().equals("GET")).toList();
    assertThat(puts).hasSize(1);
    assertThat(puts.getFirst().getMethod()).isEqualTo("PUT");
    assertThat(puts.getFirst().getPath()).isEqualTo(SCALE);
    Scale asked = Serialization.unmarshal(puts.getFirst().getBody().readUtf8(), Scale.class);
    assertThat(asked.getSpec().getReplicas()).isEqualTo(3);
    assertThat(asked.getMetadata().getResourceVersion()).isEqualTo("7"); // or it would overwrite
  }

  @Test
  void scaleTo_whatIsThere_changesNothing() throws Exception {
    server.expect().get().withPath(SCALE).andReturn(200, scale(2)).always();
    pods(1, pod("a", true, false), pod("bb", true, false), pod("gone", true, true));
    deployment().scaleTo(2);
    assertThat(requests()).allMatch(request -> request.getMethod().equals("GET"));
  }

  @Test
  void scaleTo_podsNeverReady_saysWhy() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(2)).always();
    pods(10_000, pod("a", true, false), pod("bb", false, false));
    KubernetesDeployment impatient =
        new KubernetesDeployment(
            client,
            new KubernetesDeployment.Address("shop", "tideline", "tideline", 8080),
            Duration.ZERO,
            Duration.ofMillis(5));
    assertThatThrownBy(() -> impatient.scaleTo(2))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("1 of 2 pods are ready")
        .hasMessageContaining("insufficient cpu");
  }

  @Test
  void scaleTo_somebodyElseScalesMeanwhile_waitsNoLonger() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(2)).once();
    server.expect().put().withPath(SCALE).andReturn(200, scale(3)).once();
    server.expect().get().withPath(SCALE).andReturn(200, scale(0)).always();
    pods(10_000);
    assertThatThrownBy(() -> deployment().scaleTo(3))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("to 0 pods by another client while waiting for 3");
  }

  @Test
  void scaleTo_notAllowed_saysSo() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(2)).once();
    server
        .expect()
        .put()
        .withPath(SCALE)
        .andReturn(403, new StatusBuilder().withCode(403).withMessage("is forbidden").build())
        .always();
    assertThatThrownBy(() -> deployment().scaleTo(3))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("forbidden");
  }

  @Test
  void cores_areThoseOfTheInstance_notOfASidecar() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(1)).always();
    pods(2, withSidecar(pod("a", true, false)));
    assertThat(deployment().cores()).hasValue(1.5);
    assertThat(deployment().members().serving().getFirst().pid())
        .as("a sidecar that starts anew makes no new instance")
        .isEqualTo(2);
  }

  @Test
  void cores_noSuchContainer_namesThoseThereAre() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(1)).always();
    pods(1, withSidecar(pod("a", true, false)));
    KubernetesDeployment other =
        new KubernetesDeployment(
            client,
            new KubernetesDeployment.Address("shop", "tideline", "search", 8080),
            Duration.ZERO,
            Duration.ZERO);
    assertThatThrownBy(other::cores)
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("container search")
        .hasMessageContaining("istio-proxy, tideline");
  }

  @Test
  void noPods_isAPause_andNoError() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(0)).always();
    pods(10);
    assertThat(deployment().cores()).isEmpty();
    assertThat(deployment().members()).isEqualTo(new Members(List.of(), 0));
    assertThat(deployment().pause().orElseThrow()).contains("has 0 pods");
  }

  @ParameterizedTest
  @CsvSource({"paused, paused by the annotation", "Paused, paused by the", "pause, neither paused"})
  void annotation_pauses(String value, String reason) {
    server.expect().get().withPath(SCALE).andReturn(200, scale(2)).always();
    deployment(200, value);
    assertThat(deployment().pause().orElseThrow()).contains(reason);
  }

  @Test
  void annotationOn_orNotToBeRead_pausesNothing() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(2)).always();
    deployment(200, "on");
    assertThat(deployment().pause()).isEmpty();
    server.reset();
    server.expect().get().withPath(SCALE).andReturn(200, scale(2)).always();
    deployment(403, "");
    assertThat(deployment().pause()).as("a Role of an earlier version").isEmpty();
  }

  @Test
  void instances_noSuchDeployment_isNamed() {
    assertThatThrownBy(() -> deployment().instances())
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("tideline");
  }

  @Test
  void members_areTheReadyOnesThatStay() {
    server.expect().get().withPath(SCALE).andReturn(200, scale(4)).always();
    pods(
        2,
        pod("a", true, false),
        pod("bb", true, false),
        pod("ccc", false, false),
        pod("dddd", true, true));
    Members members = deployment().members();
    assertThat(members.instances()).isEqualTo(4);
    assertThat(members.serving()).extracting("name").containsExactly("a", "bb");
    assertThat(members.serving().getFirst().url()).isEqualTo("http://10.0.0.1:8080");
    assertThat(deployment().cores()).hasValue(1.5);
  }
}
