package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the autoscaler may do on a cluster, whom it reaches and who reaches it. */
final class KubernetesAutoscalerIT {

  private static final String NAME = "tideline-autoscaler";

  private static Manifests overlay() throws InterruptedException {
    return Manifests.build("overlays/autoscaler");
  }

  private static Container container(Manifests overlay) {
    return overlay
        .one(Deployment.class, NAME)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst();
  }

  @Test
  void hasNoHpa_andMayDoOnlyWhatItDoes() throws Exception {
    Manifests overlay = overlay();
    assertThat(overlay.kinds()).doesNotContain("HorizontalPodAutoscaler", "ClusterRole");
    assertThat(overlay.one(Role.class, NAME).getRules())
        .satisfiesExactly(
            rule -> assertAllows(rule, "deployments", List.of("tideline"), "get"),
            rule -> assertAllows(rule, "deployments/scale", List.of("tideline"), "get", "update"),
            rule -> assertAllows(rule, "pods", List.of(), "list"));
    Main.commandLine() // throws at what the command does not know
        .parseArgs(container(overlay).getArgs().toArray(String[]::new));
  }

  private static void assertAllows(
      PolicyRule rule, String resource, List<String> names, String... verbs) {
    assertThat(rule.getResources()).containsExactly(resource);
    assertThat(rule.getResourceNames()).isEqualTo(names);
    assertThat(rule.getVerbs()).containsExactly(verbs);
  }

  @Test
  void isScraped_asTheInstancesAre() throws Exception {
    Manifests overlay = overlay();
    var monitor = overlay.tree("ServiceMonitor").path("spec");
    for (String name : List.of("tideline", NAME)) {
      Service service = overlay.one(Service.class, name);
      assertThat(monitor.at("/selector/matchExpressions/0/values").valueStream())
          .as("the monitor selects the Service")
          .anyMatch(value ->
              value
                  .stringValue()
                  .equals(service.getMetadata().getLabels().get("app.kubernetes.io/name")));
      assertThat(overlay.one(Deployment.class, name).getSpec().getTemplate().getMetadata())
          .as("which selects the pods")
          .satisfies(pod ->
              assertThat(pod.getLabels()).containsAllEntriesOf(service.getSpec().getSelector()));
      List<String> scraped =
          service.getSpec().getPorts().stream()
              .map(port -> port.getName())
              .filter(port ->
                  monitor
                      .path("endpoints")
                      .valueStream()
                      .anyMatch(one -> one.path("port").stringValue().equals(port)))
              .toList();
      assertThat(scraped).as("by one of its ports").hasSize(1);
      assertThat(overlay.one(NetworkPolicy.class, name).getSpec().getIngress())
          .as("which Prometheus may reach")
          .anyMatch(rule ->
              isTo(rule.getFrom(), "monitoring") && isPort(rule.getPorts(), scraped.getFirst()));
    }
  }

  private static boolean isTo(List<NetworkPolicyPeer> peers, String namespace) {
    return peers.stream()
        .filter(peer -> peer.getNamespaceSelector() != null)
        .anyMatch(peer -> peer.getNamespaceSelector().getMatchLabels().containsValue(namespace));
  }

  private static boolean isPort(List<NetworkPolicyPort> ports, Object port) {
    return ports.stream().anyMatch(one -> one.getPort().getValue().equals(port));
  }

  /** {@code --prometheus http://prometheus.monitoring:9090}, as docs/kubernetes.md has it. */
  @Test
  void prometheus_mayBeAsked() throws Exception {
    assertThat(overlay().one(NetworkPolicy.class, NAME).getSpec().getEgress())
        .anyMatch(rule -> isTo(rule.getTo(), "monitoring") && isPort(rule.getPorts(), 9090));
  }

  /** DNS may be a cache on the node, or in a namespace of any name. */
  @ParameterizedTest
  @ValueSource(strings = {"tideline", "tideline-jobs", NAME})
  void names_areAskedForWhereverTheyAreServed(String policy) throws Exception {
    Stream<NetworkPolicyEgressRule> rules =
        overlay().one(NetworkPolicy.class, policy).getSpec().getEgress().stream();
    assertThat(rules.filter(rule -> rule.getTo().isEmpty() && isPort(rule.getPorts(), 53)))
        .singleElement()
        .satisfies(
            rule -> assertThat(rule.getPorts()).extracting("protocol").contains("UDP", "TCP"));
  }
}
