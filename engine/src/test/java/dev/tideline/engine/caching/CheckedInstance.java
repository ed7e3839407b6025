package dev.tideline.engine.caching;

import dev.tideline.cache.CacheListener;
import dev.tideline.cache.CacheRequest;
import dev.tideline.cache.CacheSettings;
import dev.tideline.cache.Cached;
import dev.tideline.cache.Caches;
import dev.tideline.cache.Freshness;
import dev.tideline.cache.HintStream;
import dev.tideline.cache.Invalidation;
import dev.tideline.cache.InvalidationLog;
import dev.tideline.cache.Invalidations;
import dev.tideline.cache.Loaded;
import dev.tideline.cache.Loader;
import dev.tideline.cache.RedisConnection;
import dev.tideline.cache.Stamp;
import dev.tideline.cache.TieredCache;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.Product;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.outbox.Outbox;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.routing.token.Position;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** One instance under the checker, of which one rule may be broken on purpose. */
final class CheckedInstance implements AutoCloseable {

  /** A rule of the design, by what happens where it is not kept. */
  enum Broken {
    NOTHING,
    /** Rule 3: the place is asked after the read. */
    STAMP_AFTER_READ,
    /** Rule 4: an entry is valid whatever happened to its tags. */
    TAGS_UNCHECKED,
    /** Rule 5: an invalidation has the place of its transaction. */
    POSITION_BEFORE_COMMIT,
    /** Rule 6: the log is read by ids, each once. */
    LOG_BY_IDS,
    /** Rule 8: a token does not matter for what is cached. */
    TOKENS_IGNORED,
    /** Rule 9: who joins a load takes what comes. */
    SHARED_UNCHECKED,
    /** Rule 10: a tag is missing. */
    TAGS_INCOMPLETE
  }

  /** What a load kept: to be held against what was written up to its stamp. */
  interface LoadListener {
    void loaded(String id, long version, Stamp stamp);
  }

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Broken broken;
  private final ReadWriteRouter router;
  private final ShopDatabase database;
  private final CatalogStore catalog;
  private final TieredCache<Product> products;
  private final Storefront front;
  private final LoadListener loads;
  private final Map<String, CompletableFuture<Cached<Product>>> unchecked =
      new ConcurrentHashMap<>();

  CheckedInstance(
      RouterConfig config,
      RedisConnection redis,
      CacheListener caching,
      RoutingListener routing,
      LoadListener loads,
      Broken broken)
      throws InterruptedException {
    this.broken = broken;
    this.loads = loads;
    this.router = add(ReadWriteRouter.open(config, routing));
    this.database = new ShopDatabase(router, (query, duration) -> {});
    this.catalog = new CatalogStore(database);
    Outbox outbox = add(new Outbox(database));
    Invalidations known =
        add(
            Invalidations.follow(
                broken == Broken.LOG_BY_IDS ? new ById(outbox) : outbox,
                Invalidations.Settings.DEFAULT,
                caching));
    HintStream hints = add(HintStream.open(redis, known));
    if (broken != Broken.LOG_BY_IDS) {
      outbox.announceTo(hints::tell); // else what the log misses comes by chance
    }
    known.awaitStart(Duration.ofSeconds(30));
    Caches caches = Caches.tiered(known, redis, Caches.LoadSettings.DEFAULT, caching);
    this.products =
        caches.cache(
            CacheSettings.of("checked", Duration.ofSeconds(30), 16 << 20),
            JsonCodec.of(Product.class));
    this.front =
        Storefront.of(
            new Storefront.Parts(
                    database,
                    new ShopCaches(caches, 16 << 20, UnaryOperator.identity()),
                    router::explain,
                    add(Language.open(new VocabularyStore(database))))
                .with((categories, reads) -> RankingWeights.TEXT_ALONE));
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  Position write(ProductDraft draft) {
    if (broken != Broken.POSITION_BEFORE_COMMIT) {
      return catalog.put(draft).position();
    }
    String place =
        database.write(
            "early",
            handle -> {
              handle
                  .createUpdate("UPDATE products SET title = :title, price = :price WHERE id = :id")
                  .bind("title", draft.title())
                  .bind("price", draft.price())
                  .bind("id", draft.id())
                  .execute();
              String lsn =
                  handle
                      .createQuery(
                          """
                          UPDATE cache_outbox SET epoch = (SELECT epoch FROM epoch), position = pg_current_wal_insert_lsn()
                          WHERE xact = pg_current_xact_id()
                          RETURNING (SELECT epoch FROM epoch) || ' ' || (position - '0/0')::bigint
                          """)
                      .mapTo(String.class)
                      .first();
              handle.execute("SELECT pg_sleep(0.02)"); // others commit, and are read meanwhile
              return lsn;
            });
    String[] both = place.split(" ", -1);
    return new Position(both[0], Long.parseLong(both[1]));
  }

  /** Reads by a token, or without. */
  Optional<Product> find(String id, Optional<Position> token) {
    ReadContext sql = ReadContext.atLeast(token.stream().toList());
    Reads reads = Reads.of(sql);
    if (broken == Broken.TOKENS_IGNORED) {
      reads = new Reads(sql, new CacheRequest(Freshness.EVENTUAL));
    }
    if (broken == Broken.SHARED_UNCHECKED) {
      return sharedUnchecked(id, reads).find();
    }
    return products.get(id, reads.cache(), loader(id, reads)).find();
  }

  private Cached<Product> sharedUnchecked(String id, Reads reads) {
    CompletableFuture<Cached<Product>> mine = new CompletableFuture<>();
    CompletableFuture<Cached<Product>> other = unchecked.putIfAbsent(id, mine);
    if (other != null) {
      return other.join();
    }
    try {
      Cached<Product> found = products.get(id, reads.cache(), loader(id, reads));
      mine.complete(found);
      return found;
    } catch (RuntimeException e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      unchecked.remove(id, mine);
    }
  }

  private Loader<Product> loader(String id, Reads reads) {
    Set<String> tags =
        Set.of(broken == Broken.TAGS_INCOMPLETE ? "product:another" : "product:" + id);
    Loader<Product> loader = reads.loader(sql -> Loaded.of(catalog.find(id, sql), tags));
    return freshness -> {
      Loaded<Product> loaded = loader.load(freshness);
      Stamp stamp =
          switch (broken) {
            case STAMP_AFTER_READ -> stampOfNow();
            case TAGS_UNCHECKED -> new Stamp(loaded.stamp().epoch(), Long.MAX_VALUE);
            case NOTHING,
                POSITION_BEFORE_COMMIT,
                LOG_BY_IDS,
                TOKENS_IGNORED,
                SHARED_UNCHECKED,
                TAGS_INCOMPLETE ->
                loaded.stamp();
          };
      Product product = loaded.value();
      if (product != null && stamp.isKnown()) {
        loads.loaded(id, FreshnessChecker.version(product), stamp);
      }
      return new Loaded<>(product, stamp, loaded.tags());
    };
  }

  private Stamp stampOfNow() {
    ReadContext reads = ReadContext.furthest().stamped();
    catalog.find("none", reads);
    return Reads.stampOf(reads);
  }

  /** The first hundred products that a search for a word finds. */
  List<String> search(String word, Optional<Position> token) {
    Reads reads = Reads.of(ReadContext.atLeast(token.stream().toList()));
    return front
        .search()
        .search(SearchQuery.of(word).with(new SearchQuery.Page(100, 0)), Shopper.UNKNOWN, reads)
        .hits()
        .stream()
        .map(hit -> hit.product().id())
        .toList();
  }

  /** Sees each row once, by ids. */
  private static final class ById implements InvalidationLog {

    private final InvalidationLog log;
    private long last;

    ById(InvalidationLog log) {
      this.log = log;
    }

    private Page news(Page page) {
      List<Invalidation> rows =
          page.rows().stream()
              .filter(row -> row.id() > last)
              .filter(row -> row.position() > 0)
              .toList();
      last = page.rows().stream().mapToLong(Invalidation::id).max().orElse(last);
      return new Page(page.horizon(), rows, page.floor());
    }

    @Override
    public Page start() {
      return news(log.start());
    }

    @Override
    public Page read(long after, Collection<Long> pending) {
      return news(log.read(after, pending));
    }
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
