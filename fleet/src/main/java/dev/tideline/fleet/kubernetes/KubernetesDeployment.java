package dev.tideline.fleet.kubernetes;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.autoscaling.InstanceReadings.Members;
import dev.tideline.fleet.autoscaling.InstanceReadings.Served;
import dev.tideline.fleet.autoscaling.ScalingTarget;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Deployment that is scaled through its {@code scale} subresource. Its pods are found by the
 * selector in that subresource. The permissions needed are {@code get} on {@code deployments},
 * {@code get} and {@code update} on {@code deployments/scale}, and {@code list} on {@code pods}.
 * The Deployment is not scaled while it has 0 pods or while its annotation {@value #ANNOTATION}
 * pauses it. Thread-safe.
 */
public final class KubernetesDeployment implements ScalingTarget, AutoCloseable {

  /**
   * Identifies a Deployment.
   *
   * @param container name of the container that an instance runs in; other containers of the pod
   *     are sidecars. Ignored if a pod has only one container
   * @param port port that serves an instance's metrics
   */
  public record Address(String namespace, String name, String container, int port) {}

  /** {@code paused} stops scaling of the Deployment; {@code on}, or no annotation, allows it. */
  public static final String ANNOTATION = "tideline.dev/autoscaling";

  /** How long to wait for pods to become ready: the default of {@code progressDeadlineSeconds}. */
  public static final Duration READY_MAX = Duration.ofMinutes(10);

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(KubernetesDeployment.class);

  private final KubernetesClient client;
  private final Address address;
  private final Duration readyMax;
  private final Duration poll;
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * Connects with the credentials of the pod or, outside a cluster, with those of {@code kubectl}.
   *
   * @param namespace empty for the pod's namespace, or kubectl's outside a cluster
   */
  public static KubernetesDeployment open(
      Optional<String> namespace, String name, String container, int port) {
    KubernetesClient client = new KubernetesClientBuilder().build();
    String own = Objects.requireNonNullElse(client.getNamespace(), "default");
    return new KubernetesDeployment(
        client, new Address(namespace.orElse(own), name, container, port), READY_MAX, POLL);
  }

  KubernetesDeployment(KubernetesClient client, Address address, Duration readyMax, Duration poll) {
    this.client = client;
    this.address = address;
    this.readyMax = readyMax;
    this.poll = poll;
  }

  private Scale scale() {
    try {
      Scale scale =
          client
              .apps()
              .deployments()
              .inNamespace(address.namespace())
              .withName(address.name())
              .scale();
      if (scale == null) {
        throw missing();
      }
      return scale;
    } catch (KubernetesClientException e) {
      throw new ServerException("Kubernetes: " + e.getMessage(), e);
    }
  }

  private ServerException missing() {
    return new ServerException(
        "there is no Deployment %s in namespace %s".formatted(address.name(), address.namespace()));
  }

  @Override
  public Optional<String> pause() {
    if (instances() == 0) {
      return Optional.of(
          "paused: the Deployment %s has 0 pods; scale it to 1 or more to resume"
              .formatted(address.name()));
    }
    return switch (annotation().strip().toLowerCase(Locale.ROOT)) {
      case "", "on" -> Optional.empty();
      case "paused" ->
          Optional.of(
              "paused by the annotation %s of the Deployment %s"
                  .formatted(ANNOTATION, address.name()));
      default ->
          Optional.of(
              "paused, because the annotation %s of the Deployment %s is neither paused nor on: %s"
                  .formatted(ANNOTATION, address.name(), annotation()));
    };
  }

  /**
   * The annotation's value; empty if there is none, or if the Role does not allow reading it (as in
   * earlier versions).
   */
  private String annotation() {
    try {
      Deployment deployment =
          client
              .apps()
              .deployments()
              .inNamespace(address.namespace())
              .withName(address.name())
              .get();
      if (deployment == null) {
        throw missing();
      }
      Map<String, String> annotations = deployment.getMetadata().getAnnotations();
      return annotations == null ? "" : annotations.getOrDefault(ANNOTATION, "");
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw new ServerException("Kubernetes: " + e.getMessage(), e);
      }
      if (!warned.getAndSet(true)) {
        log.warn("cannot be paused by {}: {}", ANNOTATION, e.getMessage());
      }
      return "";
    }
  }

  @Override
  public int instances() {
    return wanted(scale());
  }

  private static int wanted(Scale scale) {
    Integer replicas = scale.getSpec() == null ? null : scale.getSpec().getReplicas();
    return replicas == null ? 0 : replicas;
  }

  @Override
  public void scaleTo(int instances) throws InterruptedException {
    Scale now = scale();
    if (wanted(now) != instances) {
      Scale next = new ScaleBuilder(now).editOrNewSpec().withReplicas(instances).endSpec().build();
      try {
        client
            .apps()
            .deployments()
            .inNamespace(address.namespace())
            .withName(address.name())
            .scale(next);
      } catch (KubernetesClientException e) {
        throw new ServerException("cannot scale the Deployment: " + e.getMessage(), e);
      }
    }
    awaitReady(instances, selector(now));
  }

  private void awaitReady(int instances, String selector) throws InterruptedException {
    long end = System.nanoTime() + readyMax.toNanos();
    while (true) {
      List<Pod> pods = pods(selector);
      long ready = pods.stream().filter(KubernetesDeployment::isReady).count();
      if (ready == instances) {
        return;
      }
      int wanted = instances();
      if (wanted != instances) {
        throw new ServerException(
            "the Deployment %s was scaled to %d pods by another client while waiting for %d"
                .formatted(address.name(), wanted, instances));
      }
      if (System.nanoTime() - end >= 0) {
        throw new ServerException(
            "%d of %d pods are ready after %d s: %s"
                .formatted(ready, instances, readyMax.toSeconds(), troubles(pods)));
      }
      TimeUnit.NANOSECONDS.sleep(poll.toNanos());
    }
  }

  /** Why pods are not ready, according to their conditions. */
  private static String troubles(List<Pod> pods) {
    List<String> told =
        pods.stream()
            .filter(pod -> !isReady(pod) && pod.getStatus() != null)
            .flatMap(pod -> pod.getStatus().getConditions().stream())
            .filter(condition -> "False".equals(condition.getStatus()))
            .map(condition -> Objects.requireNonNullElse(condition.getMessage(), ""))
            .filter(message -> !message.isEmpty())
            .distinct()
            .toList();
    return told.isEmpty() ? "Kubernetes gives no reason" : String.join("; ", told);
  }

  private String selector(Scale scale) {
    String selector = scale.getStatus() == null ? null : scale.getStatus().getSelector();
    if (selector == null || selector.isEmpty()) {
      throw new ServerException("the Deployment " + address.name() + " reports no selector");
    }
    return selector;
  }

  /** The pods that are not being deleted. */
  private List<Pod> pods(String selector) {
    try {
      return client
          .pods()
          .inNamespace(address.namespace())
          .withLabelSelector(selector)
          .list()
          .getItems()
          .stream()
          .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
          .toList();
    } catch (KubernetesClientException e) {
      throw new ServerException("Kubernetes: " + e.getMessage(), e);
    }
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(condition ->
                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  /** The pods that serve requests, and the desired number of pods. */
  public Members members() {
    Scale scale = scale();
    List<Served> serving =
        pods(selector(scale)).stream()
            .filter(KubernetesDeployment::isReady)
            .filter(pod -> pod.getStatus().getPodIP() != null)
            .map(this::served)
            .toList();
    return new Members(serving, wanted(scale));
  }

  private Served served(Pod pod) {
    String ip = pod.getStatus().getPodIP();
    String host = ip.contains(":") ? "[" + ip + "]" : ip;
    String container = container(pod).map(Container::getName).orElse(address.container());
    long restarts =
        pod.getStatus().getContainerStatuses().stream()
            .filter(status -> container.equals(status.getName()))
            .mapToLong(ContainerStatus::getRestartCount)
            .sum();
    return new Served(
        pod.getMetadata().getName(),
        "http://" + host + ":" + address.port(),
        restarts); // distinguishes the processes of one pod; pod names are not reused
  }

  public Address address() {
    return address;
  }

  /**
   * The CPU cores that an instance may use: the CPU limit of its container, or its CPU request if
   * there is no limit. Empty while there are no pods.
   *
   * @throws ServerException if the pods have no such container, or it has neither a limit nor a
   *     request
   */
  public OptionalDouble cores() {
    List<Pod> pods = pods(selector(scale()));
    OptionalDouble cores =
        pods.stream()
            .flatMap(pod -> container(pod).stream())
            .mapToDouble(KubernetesDeployment::cores)
            .filter(one -> one > 0)
            .findFirst();
    if (cores.isEmpty() && !pods.isEmpty()) {
      throw new ServerException(
          "no pod of the Deployment %s has a container %s with a CPU limit or request, which CPU utilization is relative to. Its containers: %s"
              .formatted(address.name(), address.container(), containers(pods)));
    }
    return cores;
  }

  private static String containers(List<Pod> pods) {
    return pods.stream()
        .flatMap(pod -> pod.getSpec().getContainers().stream())
        .map(Container::getName)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** The container that an instance runs in. */
  private Optional<Container> container(Pod pod) {
    List<Container> all = pod.getSpec().getContainers();
    return all.size() == 1
        ? Optional.of(all.getFirst())
        : all.stream().filter(one -> address.container().equals(one.getName())).findFirst();
  }

  private static double cores(Container container) {
    if (container.getResources() == null) {
      return 0;
    }
    Quantity none = new Quantity("0");
    Quantity asked = container.getResources().getRequests().getOrDefault("cpu", none);
    return container
        .getResources()
        .getLimits()
        .getOrDefault("cpu", asked)
        .getNumericalAmount()
        .doubleValue();
  }

  @Override
  public void close() {
    client.close();
  }
}
