package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tideline.embedded.process.Programs;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What {@code kubectl kustomize} makes of a folder below {@code deploy/kubernetes}: every object
 * read into Kubernetes' own types, where a field that there is not is an error, or held against the
 * schema of its custom resource.
 */
final class Manifests {

  static final Path ROOT = Path.of("../deploy/kubernetes");

  private static final Map<String, Class<? extends HasMetadata>> TYPES =
      Map.ofEntries(
          Map.entry("v1 ConfigMap", ConfigMap.class),
          Map.entry("v1 Secret", Secret.class),
          Map.entry("v1 Service", Service.class),
          Map.entry("v1 ServiceAccount", ServiceAccount.class),
          Map.entry("apps/v1 Deployment", Deployment.class),
          Map.entry("autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
          Map.entry("batch/v1 CronJob", CronJob.class),
          Map.entry("networking.k8s.io/v1 Ingress", Ingress.class),
          Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("rbac.authorization.k8s.io/v1 Role", Role.class),
          Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class));

  private static final Map<String, String> CUSTOM =
      Map.of(
          "postgresql.cnpg.io/v1 Cluster",
          "cloudnative-pg-cluster-v1",
          "postgresql.cnpg.io/v1 ScheduledBackup",
          "cloudnative-pg-scheduledbackup-v1",
          "barmancloud.cnpg.io/v1 ObjectStore",
          "barman-cloud-objectstore-v1",
          "monitoring.coreos.com/v1 ServiceMonitor",
          "prometheus-operator-servicemonitor-v1");

  /** Takes no field that a type does not have: the types themselves keep such aside. */
  private static final class Strict extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
      return false;
    }
  }

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(new Strict())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** By name: that of a database cluster takes longer to read than to hold something against. */
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

  private static final YAMLMapper YAML = YAMLMapper.builder().build();

  private final List<JsonNode> all;

  private Manifests(List<JsonNode> all) {
    this.all = all;
  }

  /** Needs {@code kubectl}; left out where it is not installed, but never in CI. */
  static Manifests build(String folder) throws InterruptedException {
    return build(ROOT.resolve(folder));
  }

  static Manifests build(Path folder) throws InterruptedException {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("kubectl")).as("kubectl is installed").isPresent();
    }
    try {
      ToolRun built = ToolRun.of("kubectl", "kustomize", folder.toString());
      built.orFail("kubectl kustomize " + folder);
      return of(built.output());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Manifests of(String yaml) throws IOException {
    List<JsonNode> all = new ArrayList<>();
    try (var documents = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      while (documents.hasNext()) {
        all.add((JsonNode) documents.next());
      }
    }
    return new Manifests(all);
  }

  private static String kind(JsonNode object) {
    return object.path("apiVersion").stringValue("") + " " + object.path("kind").stringValue("");
  }

  /** What is wrong with the objects; empty if nothing is. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    for (JsonNode object : all) {
      String kind = kind(object);
      String name = kind + " " + object.at("/metadata/name").stringValue("");
      if (TYPES.containsKey(kind)) {
        try {
          STRICT.treeToValue(object, TYPES.get(kind));
        } catch (RuntimeException e) {
          faults.add(name + ": " + e.getMessage());
        }
      } else if (CUSTOM.containsKey(kind)) {
        schema(CUSTOM.get(kind), object).forEach(fault -> faults.add(name + ": " + fault));
      } else {
        faults.add(name + ": of an unknown kind");
      }
    }
    return faults;
  }

  private static List<String> schema(String name, JsonNode object) {
    return SCHEMAS.computeIfAbsent(name, Manifests::schema).validate(object).stream()
        .map(Object::toString)
        .toList();
  }

  private static Schema schema(String name) {
    try (InputStream in = Manifests.class.getResourceAsStream("/crd/" + name + ".schema.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
          .getSchema(STRICT.readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> kinds() {
    return all.stream().map(object -> object.path("kind").stringValue("")).toList();
  }

  <T extends HasMetadata> List<T> all(Class<T> type) {
    return all.stream()
        .filter(object -> type.equals(TYPES.get(kind(object))))
        .map(object -> STRICT.treeToValue(object, type))
        .toList();
  }

  <T extends HasMetadata> T one(Class<T> type, String name) {
    List<T> found =
        all(type).stream().filter(object -> object.getMetadata().getName().equals(name)).toList();
    assertThat(found).as(type.getSimpleName() + " " + name).hasSize(1);
    return found.getFirst();
  }

  /** A custom resource, or one whose type does not matter. */
  JsonNode tree(String kind) {
    return all.stream()
        .filter(object -> object.path("kind").stringValue("").equals(kind))
        .findFirst()
        .orElseThrow();
  }
}
