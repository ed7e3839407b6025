package dev.tideline.service.instance;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.cache.Caches;
import dev.tideline.cache.HintStream;
import dev.tideline.cache.Invalidations;
import dev.tideline.cache.RedisConnection;
import dev.tideline.cache.Stamp;
import dev.tideline.cache.edge.EdgePurger;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.events.EventStore;
import dev.tideline.engine.events.EventWriter;
import dev.tideline.engine.events.PartitionJob;
import dev.tideline.engine.events.PartitionStore;
import dev.tideline.engine.index.IndexFollower;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.outbox.Outbox;
import dev.tideline.engine.search.QueryLog;
import dev.tideline.engine.search.QueryLogStore;
import dev.tideline.engine.search.SearchEngine;
import dev.tideline.engine.search.lucene.LuceneEngine;
import dev.tideline.engine.sessions.SessionHistory;
import dev.tideline.engine.storefront.ShopJobs;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.engine.warming.WarmStore;
import dev.tideline.engine.warming.Warmer;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.config.CacheConfig;
import dev.tideline.service.config.InstanceConfig;
import dev.tideline.service.health.HealthReport;
import dev.tideline.service.health.Readiness;
import dev.tideline.service.health.Readiness.Stage;
import dev.tideline.service.http.HttpService;
import dev.tideline.service.metrics.CacheMetrics;
import dev.tideline.service.metrics.DatabaseMetrics;
import dev.tideline.service.metrics.EventMetrics;
import dev.tideline.service.metrics.InstanceMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stateless instance of the service: built top to bottom here, closed in reverse. */
public final class Instance implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Instance.class);

  private static final Duration JOB_LOOK_INTERVAL = Duration.ofSeconds(15);
  private static final Duration FIRST_READ_WAIT = Duration.ofSeconds(2);

  private final Deque<AutoCloseable> parts = new ConcurrentLinkedDeque<>();
  private final Readiness readiness = new Readiness();
  private final Duration drainDelay;
  private int port;
  private List<String> calls = List.of();

  private Instance(Duration drainDelay) {
    this.drainDelay = drainDelay;
  }

  /** What an instance works on, opened first. */
  private record Backends(
      RedisConnection redis, ReadWriteRouter router, ShopDatabase database, Outbox outbox) {}

  private void open(InstanceConfig config, Clock clock) throws InterruptedException {
    InstanceMetrics metrics = new InstanceMetrics(version());
    metrics.observe(readiness);
    Backends backends = openBackends(config, metrics.databases());
    // what waits for the database runs beside what loads code
    CompletableFuture<Language> language =
        beside(() -> add(Language.open(new VocabularyStore(backends.database()))));
    Caches caches = openCaches(config, backends, metrics.caches());
    Storefront front =
        Storefront.of(
            new Storefront.Parts(
                    backends.database(),
                    new ShopCaches(caches, config.caches().localBytes(), config.caches()::adjusted),
                    backends.router()::explain,
                    language.join())
                .with(others -> engine(config, backends.database(), others)));
    WarmStore asked = new WarmStore(backends.database());
    Warmer warmer = new Warmer(asked, front);
    listen(config, front, caches, warmer, backends, metrics, clock);
    keepPartitions(config, backends.database(), metrics.events(), clock);
    warmUp(warmer, config.caches());
    new Rehearsal(asked, readiness, config.host(), port).run(config.rehearsal());
    add(
        BackgroundLoop.every(
            JOB_LOOK_INTERVAL,
            "warming",
            () -> warmInTurn(warmer, front.stores().jobs(), config.name(), config.caches())));
    readiness.enter(Stage.READY);
    log.info("{} listens on {}:{}", config.name(), config.host(), port);
  }

  private SearchEngine engine(InstanceConfig config, ShopDatabase database, SearchEngine others) {
    if (config.search().index().isEmpty()) {
      return others;
    }
    IndexFollower index = add(IndexFollower.open(database, config.search().index().get()));
    JobStore jobs = new JobStore(database);
    add(
        BackgroundLoop.every(
            JOB_LOOK_INTERVAL, "index-publish", () -> publishInTurn(index, jobs, config.name())));
    return new LuceneEngine(index, others);
  }

  /** One instance of all, every few minutes, for those that start later. */
  private static void publishInTurn(IndexFollower index, JobStore jobs, String name) {
    try {
      if (jobs.claim(IndexFollower.JOB, name, ShopJobs.INDEX.interval())) {
        jobs.ended(IndexFollower.JOB, name, index.publish().orElse(0));
      }
    } catch (RuntimeException e) {
      log.warn("the index was not published: {}", e.getMessage());
    }
  }

  private Backends openBackends(InstanceConfig config, DatabaseMetrics metrics)
      throws InterruptedException {
    CompletableFuture<Void> schema =
        beside(() -> {
          prepareSchema(config.databases());
          return null;
        });
    RedisConnection redis = add(RedisConnection.open(config.redis()));
    schema.join();
    ReadWriteRouter router =
        add(ReadWriteRouter.open(config.databases(), new RedisLedger(redis), metrics));
    metrics.observe(router);
    ShopDatabase database = new ShopDatabase(router, metrics::queryRan);
    return new Backends(redis, router, database, add(new Outbox(database)));
  }

  private void listen(
      InstanceConfig config,
      Storefront front,
      Caches caches,
      Warmer warmer,
      Backends backends,
      InstanceMetrics metrics,
      Clock clock) {
    ShopDatabase database = backends.database();
    HttpService.Intake intake =
        new HttpService.Intake(
            add(new EventWriter(new EventStore(database))),
            new SessionHistory(backends.redis()),
            add(new QueryLog(new QueryLogStore(database))));
    HttpService.Operations operations =
        new HttpService.Operations(
            caches,
            backends.outbox(),
            warmer,
            backends.router(),
            () -> HealthReport.of(backends.router(), backends.redis()));
    HttpService http =
        add(
            HttpService.start(
                new HttpService.Address(
                    config.name(),
                    config.host(),
                    config.port(),
                    config.managementPort(),
                    config.limits(),
                    config.adminToken(),
                    TokenKeys.of(config.tokenKeys(), clock),
                    config.userIdKeys(),
                    config.corsOrigins(),
                    config.edge()),
                new HttpService.Shop(front, intake, operations),
                readiness,
                metrics,
                clock));
    this.port = http.port();
    this.calls = http.calls();
  }

  private void keepPartitions(
      InstanceConfig config, ShopDatabase database, EventMetrics metrics, Clock clock) {
    PartitionStore partitions = new PartitionStore(database);
    add(
        new PartitionKeeper(
            new PartitionJob(partitions, config.retention()),
            partitions,
            metrics::partitionsSeen,
            clock));
  }

  private static <T extends @Nullable Object> CompletableFuture<T> beside(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, Thread::startVirtualThread);
  }

  /** Whether every replica that is read from shows what was written up to a place. */
  private static boolean isReplayed(ReadWriteRouter router, Stamp at) {
    return router.nodes().stream()
        .filter(node -> node.role() == NodeRole.REPLICA && node.up())
        .allMatch(node ->
            !node.position().epoch().equals(at.epoch()) || node.position().lsn() >= at.position());
  }

  private Caches openCaches(InstanceConfig config, Backends backends, CacheMetrics metrics)
      throws InterruptedException {
    Invalidations invalidations =
        add(Invalidations.follow(backends.outbox(), config.caches().invalidations(), metrics));
    HintStream hints = add(HintStream.open(backends.redis(), invalidations));
    Optional<EdgePurger> purger =
        config
            .edge()
            .cache()
            .map(edge ->
                add(
                    EdgePurger.open(
                        edge,
                        config.edge().purging(),
                        at -> isReplayed(backends.router(), at),
                        metrics.edge(edge.name()))));
    backends
        .outbox()
        .announceTo((at, tags, reason) -> {
          hints.tell(at, tags, reason);
          purger.ifPresent(one -> one.purge(at, tags));
        });
    if (!invalidations.awaitStart(FIRST_READ_WAIT)) {
      log.warn("the invalidations cannot be read yet; no cache is used until they can");
    }
    Caches caches =
        Caches.tiered(invalidations, backends.redis(), config.caches().loads(), metrics);
    metrics.observe(caches);
    return caches;
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
   * An instance also starts without its databases; then {@code /health} reports that they are
   * unavailable.
   */
  private static void prepareSchema(RouterConfig databases) {
    try {
      int applied =
          Schema.migrate(databases.primary().url(), databases.user(), databases.password());
      if (applied > 0) {
        log.info("{} migrations applied", applied);
      }
    } catch (RuntimeException e) {
      log.warn("cannot check the schema, starting without: {}", e.getMessage());
    }
  }

  /**
   * Loads frequent answers before the instance is ready, so that the first requests do not wait.
   */
  private static void warmUp(Warmer warmer, CacheConfig config) {
    if (!config.warmAtStart().isZero()) {
      Warmer.Report report =
          warmer.warm(Warmer.Bounds.DEFAULT.within(config.warmAtStart()), read -> {});
      log.info(
          "warmed {} of {} answers in {} ms",
          report.read(),
          report.wanted(),
          report.took().toMillis());
    }
  }

  /** One instance of all, every few minutes; the others find what it read in Redis. */
  private static void warmInTurn(Warmer warmer, JobStore jobs, String name, CacheConfig config) {
    try {
      if (!config.warmEvery().isZero() && jobs.claim(Warmer.JOB, name, config.warmEvery())) {
        Warmer.Report report = warmer.warm(Warmer.Bounds.DEFAULT, read -> {});
        jobs.ended(Warmer.JOB, name, report.read());
      }
    } catch (RuntimeException e) {
      log.debug("caches were not warmed", e);
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

  /** Every call that is answered, as method and pattern. */
  List<String> calls() {
    return calls;
  }

  /**
   * Becomes unready, continues to serve for the drain delay, finishes requests, and closes
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
        log.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
  }
}
