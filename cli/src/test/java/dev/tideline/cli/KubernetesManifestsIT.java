package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.storefront.ShopJobs;
import dev.tideline.service.config.InstanceConfig;
import dev.tideline.service.config.InstanceConfig.InvalidConfigException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRules;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code deploy/kubernetes} promises, on what {@code kubectl kustomize} makes of it. */
final class KubernetesManifestsIT {

  private static final String NAME = "tideline";

  @ParameterizedTest
  @ValueSource(
      strings = {"base", "overlays/autoscaler", "overlays/data", "overlays/data-autoscaler"})
  void everyObject_isOneThatKubernetesTakes(String folder) throws Exception {
    assertThat(Manifests.build(folder).faults()).isEmpty();
  }

  @Test
  void unknownFields_areFound() throws Exception {
    Manifests wrong =
        Manifests.of(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: wrong}
            spec: {template: {spec: {containers: [{name: a, livenesProbe: {}}]}}}
            ---
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: wrong}
            spec: {instances: 3, instanzes: 3}
            ---
            apiVersion: monitoring.coreos.com/v1
            kind: ServiceMonitor
            metadata: {name: wrong}
            spec: {selector: {}, endpoints: [{prot: http}]}
            """);
    assertThat(wrong.faults())
        .hasSize(3)
        .satisfiesExactly(
            fault -> assertThat(fault).contains("livenesProbe"),
            fault -> assertThat(fault).contains("instanzes"),
            fault -> assertThat(fault).contains("prot"));
  }

  private static Deployment deployment(Manifests manifests) {
    return manifests.one(Deployment.class, NAME);
  }

  private static PodSpec pod(Manifests manifests) {
    return deployment(manifests).getSpec().getTemplate().getSpec();
  }

  private static Container container(Manifests manifests) {
    return pod(manifests).getContainers().getFirst();
  }

  @Test
  void deployment_neverHasFewerThanItShould() throws Exception {
    Manifests base = Manifests.build("base");
    var strategy = deployment(base).getSpec().getStrategy().getRollingUpdate();
    assertThat(strategy.getMaxUnavailable().getIntVal()).isZero();
    assertThat(strategy.getMaxSurge().getIntVal()).isOne();
    assertThat(deployment(base).getSpec().getReplicas())
        .as("an apply must not undo what the autoscaler did")
        .isNull();
    var budget = base.one(PodDisruptionBudget.class, NAME).getSpec();
    assertThat(budget.getMaxUnavailable().getIntVal()).isOne();
    assertThat(budget.getSelector().getMatchLabels())
        .isEqualTo(deployment(base).getSpec().getSelector().getMatchLabels());
    assertThat(pod(base).getTopologySpreadConstraints())
        .extracting("topologyKey")
        .contains("topology.kubernetes.io/zone", "kubernetes.io/hostname");
  }

  @Test
  void probes_askTheThreeEndpoints_asOftenAsThePlanSays() throws Exception {
    Container container = container(Manifests.build("base"));
    Probe readiness = container.getReadinessProbe();
    assertThat(readiness.getHttpGet().getPath()).isEqualTo("/health");
    assertThat(readiness.getPeriodSeconds()).isEqualTo(10);
    assertThat(readiness.getTimeoutSeconds()).isEqualTo(1);
    assertThat(readiness.getFailureThreshold()).isEqualTo(3);
    assertThat(readiness.getSuccessThreshold()).isEqualTo(1);
    assertThat(container.getStartupProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
    assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health/live");
  }

  /** A busy public port must not make a pod look dead, nor blind who counts its requests. */
  @Test
  void managementPort_isWhereProbesAndScrapesGo_andNobodyElse() throws Exception {
    Manifests overlay = Manifests.build("overlays/autoscaler");
    Container container = container(overlay);
    assertThat(
            List.of(
                container.getReadinessProbe(),
                container.getStartupProbe(),
                container.getLivenessProbe()))
        .allSatisfy(
            probe -> assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management"));
    int port =
        container.getPorts().stream()
            .filter(one -> one.getName().equals("management"))
            .findFirst()
            .orElseThrow()
            .getContainerPort();
    assertThat(InstanceConfig.from(settings(overlay)).managementPort()).hasValue(port);
    assertThat(overlay.tree("ServiceMonitor").at("/spec/endpoints/0/port").stringValue())
        .isEqualTo("management");
    assertThat(
            overlay
                .one(Deployment.class, "tideline-autoscaler")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getArgs())
        .containsSequence("--metrics-port", Integer.toString(port));
    assertThat(overlay.one(NetworkPolicy.class, NAME).getSpec().getIngress())
        .allSatisfy(rule -> {
          boolean fromShoppers =
              rule.getFrom().stream()
                  .anyMatch(from ->
                      from.getNamespaceSelector() != null
                          && from.getNamespaceSelector()
                              .getMatchLabels()
                              .containsValue("ingress-nginx"));
          assertThat(rule.getPorts())
              .extracting(one -> one.getPort().getStrVal())
              .containsExactly(fromShoppers ? "http" : "management");
        });
  }

  @Test
  void pod_hasLongerToEndThanItNeeds() throws Exception {
    Manifests base = Manifests.build("base");
    long sleep = container(base).getLifecycle().getPreStop().getSleep().getSeconds();
    long drain = InstanceConfig.from(settings(base)).drainDelay().toSeconds();
    assertThat(sleep).isPositive();
    assertThat(drain).isPositive();
    long requests = 10;
    long events = 10;
    assertThat(pod(base).getTerminationGracePeriodSeconds())
        .isGreaterThanOrEqualTo(sleep + drain + requests + events);
  }

  private static boolean isLocked(PodSpec pod) {
    return Boolean.TRUE.equals(pod.getSecurityContext().getRunAsNonRoot())
        && pod.getSecurityContext().getRunAsUser() > 0
        && pod.getSecurityContext().getSeccompProfile().getType().equals("RuntimeDefault")
        && pod.getContainers().stream()
            .map(Container::getSecurityContext)
            .allMatch(context ->
                Boolean.TRUE.equals(context.getReadOnlyRootFilesystem())
                    && Boolean.FALSE.equals(context.getAllowPrivilegeEscalation())
                    && context.getCapabilities().getDrop().equals(List.of("ALL")));
  }

  private static Stream<PodTemplateSpec> templates(Manifests manifests) {
    return Stream.concat(
        manifests.all(Deployment.class).stream().map(one -> one.getSpec().getTemplate()),
        manifests.all(CronJob.class).stream()
            .map(one -> one.getSpec().getJobTemplate().getSpec().getTemplate()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"base", "overlays/autoscaler", "overlays/data", "overlays/data-autoscaler"})
  void everyPod_isBounded_andMayDoNothingThatItNeedNot(String folder) throws Exception {
    Manifests manifests = Manifests.build(folder);
    assertThat(templates(manifests)).isNotEmpty();
    assertThat(templates(manifests).map(PodTemplateSpec::getSpec)).allMatch(pod -> isLocked(pod));
    assertThat(templates(manifests).flatMap(pod -> pod.getSpec().getContainers().stream()))
        .allSatisfy(container -> {
          Map<String, Quantity> limits = container.getResources().getLimits();
          Map<String, Quantity> requests = container.getResources().getRequests();
          assertThat(requests).containsKeys("cpu", "memory");
          assertThat(limits.get("memory")).isEqualTo(requests.get("memory"));
        });
    List<NetworkPolicy> policies = manifests.all(NetworkPolicy.class);
    assertThat(templates(manifests))
        .as("each is named by a policy that bounds both ways")
        .allMatch(pod ->
            policies.stream()
                .filter(policy ->
                    policy.getSpec().getPolicyTypes().containsAll(List.of("Ingress", "Egress")))
                .anyMatch(policy ->
                    pod.getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(
                            policy.getSpec().getPodSelector().getMatchLabels().entrySet())));
  }

  @Test
  void hpa_saysOfThePlanWhatItCan() throws Exception {
    HorizontalPodAutoscalerSpec hpa =
        Manifests.build("base").one(HorizontalPodAutoscaler.class, NAME).getSpec();
    assertThat(hpa.getMinReplicas()).isEqualTo(2);
    assertThat(hpa.getMaxReplicas()).isEqualTo(10);
    assertThat(hpa.getMetrics())
        .extracting(
            metric -> metric.getContainerResource().getContainer(),
            metric -> metric.getContainerResource().getName(),
            metric -> metric.getContainerResource().getTarget().getAverageUtilization())
        .as("what sidecars use and request does not count")
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(NAME, "cpu", 70),
            org.assertj.core.groups.Tuple.tuple(NAME, "memory", 80));
    assertThat(hpa.getBehavior().getScaleUp().getStabilizationWindowSeconds()).isEqualTo(300);
    assertThat(hpa.getBehavior().getScaleDown().getStabilizationWindowSeconds()).isEqualTo(600);
    for (HPAScalingRules rules :
        List.of(hpa.getBehavior().getScaleUp(), hpa.getBehavior().getScaleDown())) {
      assertThat(rules.getPolicies()).hasSize(1);
      assertThat(rules.getPolicies().getFirst().getType()).isEqualTo("Pods");
      assertThat(rules.getPolicies().getFirst().getValue()).isEqualTo(1);
      assertThat(rules.getPolicies().getFirst().getPeriodSeconds()).isEqualTo(300);
    }
  }

  /** What an instance finds in its environment. */
  private static Map<String, String> settings(Manifests manifests) {
    Map<String, String> settings = new HashMap<>();
    manifests.all(ConfigMap.class).forEach(map -> settings.putAll(map.getData()));
    manifests
        .all(Secret.class)
        .forEach(secret ->
            secret
                .getData()
                .forEach((name, value) ->
                    settings.put(
                        name,
                        new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8))));
    placeholders(settings).forEach(name -> settings.put(name, "a secret that is long enough"));
    return settings;
  }

  private static List<String> placeholders(Map<String, String> settings) {
    return settings.keySet().stream()
        .filter(name -> settings.get(name).equals("change-me"))
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"base", "overlays/autoscaler", "overlays/data", "overlays/data-autoscaler"})
  void settings_areOnesThatAnInstanceStartsWith_butNotTheSecretsInTheRepository(String folder)
      throws Exception {
    Map<String, String> settings = settings(Manifests.build(folder));
    assertThat(InstanceConfig.from(settings).databases().user()).isEqualTo(NAME);
    for (String secret :
        List.of("TIDELINE_DB_PASSWORD", "TIDELINE_TOKEN_KEY", "TIDELINE_ADMIN_TOKEN")) {
      Map<String, String> asIs = new HashMap<>(settings);
      asIs.put(secret, "change-me");
      assertThatThrownBy(() -> InstanceConfig.from(asIs))
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageContaining(secret + ": is the placeholder");
    }
  }

  /** As ingress-nginx matches: from the beginning, and no letter's case counts. */
  private static boolean isLetThrough(String path) throws Exception {
    return Manifests.build("base").all(Ingress.class).stream()
        .flatMap(ingress -> ingress.getSpec().getRules().stream())
        .flatMap(rule -> rule.getHttp().getPaths().stream())
        .map(one -> Pattern.compile("^" + one.getPath(), Pattern.CASE_INSENSITIVE))
        .anyMatch(form -> form.matcher(path).find());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/search",
        "/v1/suggest",
        "/v1/trending",
        "/v1/events",
        "/v1/recommendations/u-1",
        "/v1/products/p%201/similar"
      })
  void ingress_letsBrowsersAskAndTell(String path) throws Exception {
    assertThat(isLetThrough(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/products/p1",
        "/v1/products/batch",
        "/v1/users/u/preferences",
        "/v1/users/u",
        "/v1/sessions/s",
        "/admin/v1/cache/invalidate",
        "/metrics",
        "/health",
        "/docs",
        "/",
        "/v1/",
        "/x/v1/search"
      })
  void ingress_letsNothingElseThrough(String path) throws Exception {
    assertThat(isLetThrough(path)).isFalse();
  }

  @Test
  void cronJobs_areThoseOfTheList() throws Exception {
    Map<String, String> expected = new TreeMap<>();
    for (Job job : ShopJobs.ALL) {
      if (!job.cron().isEmpty()) {
        expected.put("jobs " + job.name(), job.cron());
      }
    }
    Map<String, String> schedules = new TreeMap<>();
    for (CronJob job : Manifests.build("base").all(CronJob.class)) {
      var template = job.getSpec().getJobTemplate().getSpec();
      List<String> arguments =
          template.getTemplate().getSpec().getContainers().getFirst().getArgs();
      schedules.put(String.join(" ", arguments), job.getSpec().getSchedule());
      assertThat(job.getSpec().getConcurrencyPolicy()).isEqualTo("Forbid");
      assertThat(template.getActiveDeadlineSeconds()).isPositive();
    }
    assertThat(schedules).isEqualTo(expected);
  }

  @Test
  void dataOverlay_hasOnePrimaryAndTwoReplicas_reachedOneByOne() throws Exception {
    Manifests overlay = Manifests.build("overlays/data");
    assertThat(overlay.tree("Cluster").at("/spec/instances").intValue()).isEqualTo(3);
    Service replicas = overlay.one(Service.class, "tideline-db-replicas");
    assertThat(replicas.getSpec().getClusterIP()).isEqualTo("None");
    assertThat(replicas.getSpec().getSelector()).containsEntry("cnpg.io/instanceRole", "replica");
    assertThat(settings(overlay))
        .containsEntry(
            "TIDELINE_DB_REPLICA_URLS", "dns:jdbc:postgresql://tideline-db-replicas:5432/tideline");
    assertThat(container(overlay).getEnv())
        .filteredOn(variable -> variable.getName().equals("TIDELINE_DB_PASSWORD"))
        .extracting(EnvVar::getValueFrom)
        .extracting(from -> from.getSecretKeyRef().getName())
        .containsExactly("tideline-db-app");
    assertThat(overlay.tree("ServiceMonitor").at("/spec/endpoints/0/path").stringValue())
        .isEqualTo("/metrics");
  }
}
