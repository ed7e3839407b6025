package dev.tideline.service;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Any instance answers any request: what engine and service can change, and so might remember from
 * one request to the next, is named here with the reason why no client can tell. Caches of answers,
 * pools and connections are in {@code cache} and {@code routing}.
 */
final class StatelessTest {

  private static final String ONE_REQUEST = "of one request, gone with it";
  private static final String IMMUTABLE = "filled when it is made, and never changed";
  private static final String METRIC = "a metric of this instance";
  private static final String CONNECTION = "of one connection, gone with it";
  private static final String INDEX = "the index, derived from the database, which it follows";
  private static final String ANALYZER = "an analyzer's, lent to one text at a time";
  private static final String START = "of the instance's own start and end";

  /** Classes below {@code dev.tideline}, and why they may. */
  private static final Map<String, String> REVIEWED =
      Map.ofEntries(
          Map.entry("engine.input.InvalidInputException", ONE_REQUEST),
          Map.entry("engine.search.WordHighlighter", ONE_REQUEST),
          Map.entry("engine.search.SearchStoreFilters", ONE_REQUEST),
          Map.entry("engine.search.SearchStoreStatement", ONE_REQUEST),
          Map.entry("engine.search.SearchTags", ONE_REQUEST),
          Map.entry("service.http.Answer", ONE_REQUEST),
          Map.entry("service.http.JsonFields", ONE_REQUEST),
          Map.entry("service.http.Parameters", ONE_REQUEST),
          Map.entry("service.http.ConsistencyHeaders", ONE_REQUEST),
          Map.entry("engine.search.lucene.FacetCounter", ONE_REQUEST),
          Map.entry("engine.search.lucene.FewCounter", ONE_REQUEST),
          Map.entry("engine.search.lucene.FilterQueries", ONE_REQUEST),
          Map.entry("engine.search.lucene.TermHighlighter", ONE_REQUEST),
          Map.entry("engine.search.lucene.Synonyms", IMMUTABLE),
          Map.entry("engine.search.lucene.LuceneEngine", INDEX),
          Map.entry("engine.index.IndexAnalyzer", IMMUTABLE),
          Map.entry("engine.index.IndexFollower", INDEX),
          Map.entry("engine.index.ProductIndex", INDEX),
          Map.entry("engine.index.SeenRows", IMMUTABLE),
          Map.entry("engine.text.ChunkTokenizer", ANALYZER),
          Map.entry("engine.text.HeldParts", ANALYZER),
          Map.entry("engine.text.LeadingZeros", ANALYZER),
          Map.entry("engine.text.NumberRules", ANALYZER),
          Map.entry("engine.text.TextAnalysis", ANALYZER),
          Map.entry("engine.text.TextAnalysis$Pool", ANALYZER),
          Map.entry("engine.text.StopWords", IMMUTABLE),
          Map.entry("engine.words.SpellingIndex", IMMUTABLE),
          Map.entry("engine.words.Synonyms", IMMUTABLE),
          Map.entry("engine.words.Vocabulary", IMMUTABLE),
          Map.entry("service.http.Cors", IMMUTABLE),
          Map.entry("service.http.HttpService", IMMUTABLE),
          Map.entry("service.http.OperationEndpoints", IMMUTABLE),
          Map.entry("service.http.RouteTable", IMMUTABLE),
          Map.entry("service.http.UserSignatures", IMMUTABLE),
          Map.entry("service.http.Page", IMMUTABLE),
          Map.entry("service.http.BoundedConnection", CONNECTION),
          Map.entry("service.http.RequestHead", CONNECTION),
          Map.entry("service.http.Connections", "the connections that are open, bounded"),
          Map.entry("service.http.Listeners", START),
          Map.entry("service.metrics.HttpMetrics", METRIC),
          Map.entry("service.metrics.CacheMetrics", METRIC),
          Map.entry("service.metrics.HitRate", METRIC),
          Map.entry("service.metrics.HitRate$Slice", METRIC),
          Map.entry("service.config.EnvironmentReader", START),
          Map.entry("service.instance.Instance", START),
          Map.entry("service.health.Readiness", START),
          Map.entry("engine.caching.QueryCache", "a cache, by the rules of consistency"),
          Map.entry("engine.caching.QueryCache$Result", "a cache's entry"),
          Map.entry("engine.outbox.Outbox", "invalidations that are on their way"),
          Map.entry("engine.database.OutboxPositions", "invalidations that are on their way"),
          Map.entry("engine.database.OutboxPositions$Batch", "invalidations that are on their way"),
          Map.entry("engine.events.GroupInsert", "what became of one group of events"),
          Map.entry("engine.events.EventWriter", "events until they are stored, bounded"),
          Map.entry("engine.jobs.JobScheduler", "the threads of jobs"),
          Map.entry("engine.recommend.NeighborJob", "when a job prunes next"),
          Map.entry("engine.words.Language", "the catalog's words, the same for all, read anew"),
          Map.entry("engine.search.QueryLog", "counts of queries until they are stored, bounded"),
          Map.entry("service.instance.PartitionKeeper", "when partitions are looked at next"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.tideline.engine", "dev.tideline.service");

  private final Set<String> found = new TreeSet<>();

  private static boolean canChange(JavaField field) {
    return !field.getModifiers().contains(JavaModifier.FINAL)
        || field.getRawType().isArray()
        || field.getRawType().isAssignableTo(Collection.class)
        || field.getRawType().isAssignableTo(Map.class)
        || field.getRawType().isAssignableTo(ThreadLocal.class)
        || field.getRawType().getPackageName().startsWith("java.util.concurrent.atomic")
        || field.getRawType().getPackageName().startsWith("com.github.benmanes.caffeine");
  }

  /** Imports, jobs' passes and the sample shop are not on the way of a request. */
  private static boolean isOfRequests(JavaField field) {
    String owner = field.getOwner().getPackageName();
    return !owner.startsWith("dev.tideline.engine.imports")
        && !owner.startsWith("dev.tideline.engine.sample")
        && !field.getOwner().isRecord()
        && !field.getModifiers().contains(JavaModifier.SYNTHETIC)
        && !(field.getModifiers().contains(JavaModifier.STATIC)
            && field.getModifiers().contains(JavaModifier.FINAL));
  }

  private ArchCondition<JavaField> beReviewed() {
    return new ArchCondition<>("be reviewed if it can change") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        if (isOfRequests(field) && canChange(field)) {
          String owner = field.getOwner().getName().substring("dev.tideline.".length());
          found.add(owner);
          if (!REVIEWED.containsKey(owner)) {
            events.add(
                SimpleConditionEvent.violated(
                    field, field.getFullName() + " can change, and nobody said why it may"));
          }
        }
      }
    };
  }

  @Test
  void whatCanChange_isReviewed() {
    fields().should(beReviewed()).check(CLASSES);
    assertThat(found).as("reviewed, and not there any more").containsAll(REVIEWED.keySet());
  }
}
