package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every set of components on top of the base and of every overlay, in another namespace. */
final class KubernetesCombinationsIT {

  private static final String NAMESPACE = "elsewhere";

  /** In two orders: those of the database after the data that they change, the others anywhere. */
  private static final List<List<String>> ORDERS =
      List.of(
          List.of(
              "data", "database-backups", "database-synchronous", "autoscaler", "service-monitor"),
          List.of(
              "service-monitor", "autoscaler", "data", "database-synchronous", "database-backups"));

  /** What is in each already. */
  private static final Map<String, Set<String>> FOLDERS =
      Map.of(
          "base", Set.of(),
          "overlays/data", Set.of("data", "service-monitor"),
          "overlays/autoscaler", Set.of("autoscaler", "service-monitor"),
          "overlays/data-autoscaler", Set.of("data", "autoscaler", "service-monitor"));

  @TempDir Path folder;

  /** A folder and what is added to it. */
  record Combination(String from, List<String> added) {

    Set<String> parts() {
      Set<String> parts = new LinkedHashSet<>(FOLDERS.get(from));
      parts.addAll(added);
      return parts;
    }

    boolean isDocumented() {
      return parts().contains("data")
          || added.stream().noneMatch(one -> one.startsWith("database"));
    }

    String kustomization(String root) {
      String components =
          added.stream()
              .map(one -> "  - " + root + "/components/" + one + "\n")
              .collect(Collectors.joining());
      return """
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      namespace: %s
      resources:
        - %s/%s
      components:%s
      """
          .formatted(NAMESPACE, root, from, added.isEmpty() ? " []" : "\n" + components);
    }
  }

  static Stream<Combination> combinations() {
    return FOLDERS.keySet().stream()
        .sorted()
        .flatMap(from ->
            ORDERS.stream()
                .map(order -> without(order, FOLDERS.get(from)))
                .flatMap(order -> subsets(order).stream())
                .distinct()
                .map(added -> new Combination(from, added)))
        .filter(Combination::isDocumented);
  }

  private static List<String> without(List<String> order, Set<String> there) {
    return order.stream().filter(one -> !there.contains(one)).toList();
  }

  private static List<List<String>> subsets(List<String> all) {
    List<List<String>> subsets = new ArrayList<>();
    for (int chosen = 0; chosen < 1 << all.size(); chosen++) {
      int bits = chosen;
      subsets.add(all.stream().filter(one -> (bits >> all.indexOf(one) & 1) == 1).toList());
    }
    return subsets;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void combination_isWholeAndValid(Combination combination) throws Exception {
    Path own = folder.toRealPath();
    Path root = own.relativize(Manifests.ROOT.toRealPath());
    Files.writeString(
        own.resolve("kustomization.yaml"), combination.kustomization(root.toString()));
    Manifests built = Manifests.build(own);
    assertThat(built.faults()).isEmpty();
    Set<String> parts = combination.parts();
    assertThat(built.kinds().contains("HorizontalPodAutoscaler"))
        .as("one autoscaler, never two")
        .isEqualTo(!parts.contains("autoscaler"));
    assertThat(built.kinds().contains("ServiceMonitor"))
        .isEqualTo(parts.contains("service-monitor"));
    assertThat(containers(built).map(Container::getImage))
        .as("no image without a registry and a version")
        .allMatch(image -> image.contains(":"));
    checkAutoscaler(built, parts);
    checkDatabase(built, parts);
  }

  private static Stream<Container> containers(Manifests built) {
    return Stream.concat(
            built.all(Deployment.class).stream().map(one -> one.getSpec().getTemplate()),
            built.all(CronJob.class).stream()
                .map(one -> one.getSpec().getJobTemplate().getSpec().getTemplate()))
        .flatMap(template -> template.getSpec().getContainers().stream());
  }

  private static void checkAutoscaler(Manifests built, Set<String> parts) {
    assertThat(built.kinds().contains("RoleBinding")).isEqualTo(parts.contains("autoscaler"));
    assertThat(built.all(RoleBinding.class))
        .flatExtracting(RoleBinding::getSubjects)
        .allSatisfy(subject -> assertThat(subject.getNamespace()).isEqualTo(NAMESPACE));
  }

  private static void checkDatabase(Manifests built, Set<String> parts) {
    assertThat(built.kinds().contains("Cluster")).isEqualTo(parts.contains("data"));
    if (!parts.contains("data")) {
      return;
    }
    assertThat(containers(built).filter(one -> !one.getName().equals("redis")))
        .as("whatever speaks with the database has the password that the operator makes")
        .allSatisfy(container ->
            assertThat(container.getEnv())
                .filteredOn(variable -> variable.getName().equals("TIDELINE_DB_PASSWORD"))
                .extracting(EnvVar::getValueFrom)
                .extracting(from -> from.getSecretKeyRef().getName())
                .containsExactly("tideline-db-app"));
    var cluster = built.tree("Cluster").path("spec");
    assertThat(cluster.at("/postgresql/synchronous/number").intValue(0))
        .isEqualTo(parts.contains("database-synchronous") ? 1 : 0);
    boolean backups = parts.contains("database-backups");
    assertThat(cluster.at("/plugins/0/isWALArchiver").booleanValue(false)).isEqualTo(backups);
    assertThat(built.kinds().contains("ScheduledBackup")).isEqualTo(backups);
    if (backups) {
      assertThat(cluster.at("/plugins/0/parameters/barmanObjectName"))
          .isEqualTo(built.tree("ObjectStore").at("/metadata/name"));
      assertThat(built.tree("ScheduledBackup").at("/spec/cluster/name"))
          .isEqualTo(built.tree("Cluster").at("/metadata/name"));
    }
  }
}
