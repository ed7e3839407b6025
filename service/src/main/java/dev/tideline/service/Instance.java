package dev.tideline.service;

import dev.tideline.cache.RedisConnection;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.events.EventStore;
import dev.tideline.engine.events.EventWriter;
import dev.tideline.engine.events.PartitionJob;
import dev.tideline.engine.events.PartitionStore;
import dev.tideline.engine.features.FeatureStore;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.preferences.UserStore;
import dev.tideline.engine.ranking.RankingPolicy;
import dev.tideline.engine.ranking.RankingStore;
import dev.tideline.engine.recommend.RecommendationStore;
import dev.tideline.engine.recommend.Recommender;
import dev.tideline.engine.search.Language;
import dev.tideline.engine.search.ProductSearch;
import dev.tideline.engine.search.QueryLog;
import dev.tideline.engine.search.QueryLogStore;
import dev.tideline.engine.search.SearchStore;
import dev.tideline.engine.search.VocabularyStore;
import dev.tideline.engine.sessions.SessionHistory;
import dev.tideline.engine.suggest.Suggester;
import dev.tideline.engine.suggest.SuggestionStore;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.health.HealthReport;
import dev.tideline.service.health.Readiness;
import dev.tideline.service.health.Readiness.Stage;
import dev.tideline.service.http.HttpService;
import dev.tideline.service.metrics.InstanceMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stateless instance of the service: built top to bottom here, closed in reverse. */
public final class Instance implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Instance.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Readiness readiness = new Readiness();
  private final Duration drainDelay;
  private int port;

  private Instance(Duration drainDelay) {
    this.drainDelay = drainDelay;
  }

  private void open(InstanceConfig config, Clock clock) throws InterruptedException {
    InstanceMetrics metrics = new InstanceMetrics(version());
    RedisConnection redis = add(RedisConnection.open(config.redis()));
    prepareSchema(config.databases());
    ReadWriteRouter router =
        add(ReadWriteRouter.open(config.databases(), new RedisLedger(redis), metrics));
    metrics.observe(router);
    ShopDatabase database = new ShopDatabase(router, metrics::queryRan);
    EventWriter writer = add(new EventWriter(new EventStore(database)));
    Language language = add(Language.open(new VocabularyStore(database)));
    FeatureStore features = new FeatureStore(database);
    RankingStore weights = new RankingStore(database);
    RankingPolicy ranking = add(RankingPolicy.open(weights));
    HttpService http =
        add(
            HttpService.start(
                new HttpService.Address(
                    config.name(),
                    config.host(),
                    config.port(),
                    config.adminToken(),
                    TokenKeys.of(config.tokenKeys(), clock),
                    config.corsOrigins()),
                new HttpService.Shop(
                    new CatalogStore(database),
                    new ProductSearch(new SearchStore(database), features, ranking, language),
                    new Suggester(new SuggestionStore(database), language),
                    new Recommender(new RecommendationStore(database), features, ranking),
                    writer,
                    new SessionHistory(redis),
                    add(new QueryLog(new QueryLogStore(database))),
                    new UserStore(database),
                    weights,
                    ranking,
                    new JobStore(database)),
                router,
                () -> HealthReport.of(router, redis),
                readiness,
                metrics,
                clock));
    this.port = http.port();
    PartitionStore partitions = new PartitionStore(database);
    add(
        new PartitionKeeper(
            new PartitionJob(partitions, config.retention()),
            partitions,
            metrics::partitionsSeen,
            clock));
    readiness.enter(Stage.READY);
    log.info("{} answers on {}:{}", config.name(), config.host(), port);
  }

  /**
   * Starts an instance and returns when it is ready.
   *
   * @throws RuntimeException if it cannot start; what had been started is closed
   */
  public static Instance start(InstanceConfig config, Clock clock) throws InterruptedException {
    Instance instance = new Instance(config.drainDelay());
    try {
      instance.open(config, clock);
      return instance;
    } catch (RuntimeException | InterruptedException e) {
      instance.closeParts();
      throw e;
    }
  }

  /**
   * An instance starts without its databases too; then it says on {@code /health} that they are
   * away.
   */
  private static void prepareSchema(RouterConfig databases) {
    try {
      int applied =
          Schema.migrate(databases.primary().url(), databases.user(), databases.password());
      if (applied > 0) {
        log.info("{} migrations applied", applied);
      }
    } catch (RuntimeException e) {
      log.warn("the schema could not be checked, going on without: {}", e.getMessage());
    }
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  private static String version() {
    return Optional.ofNullable(Instance.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  public int port() {
    return port;
  }

  /**
   * Turns unready, serves on for the drain delay, lets requests under way end, and closes
   * everything.
   */
  @Override
  public void close() {
    readiness.enter(Stage.DRAINING);
    log.info("draining");
    try {
      TimeUnit.NANOSECONDS.sleep(drainDelay.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeParts();
    log.info("stopped");
  }

  private void closeParts() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not close in order", part.getClass().getSimpleName(), e);
      }
    }
  }
}
