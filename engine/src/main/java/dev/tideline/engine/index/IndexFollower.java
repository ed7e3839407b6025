package dev.tideline.engine.index;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.index.SnapshotStore.Snapshot;
import dev.tideline.engine.words.Synonyms.Rule;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.token.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.Version;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index of an instance up to date: builds it, reads the change log every 200 ms and when
 * a search requires a write that the index does not show, and builds it again beside the serving
 * one when changes were lost or the database's history is another. Thread-safe.
 */
public final class IndexFollower implements SearchableIndex, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(IndexFollower.class);

  /** Of files and analysis: changed when an index of an older release cannot be used. */
  private static final String FORMAT = "1 " + Version.LATEST;

  /** The name of the job that publishes the index. */
  public static final String JOB = "index";

  private static final int PAGE = 1_000;
  private static final Duration PRUNE_INTERVAL = Duration.ofMinutes(10);

  /** What the index reads. */
  private record Sources(
      ChangeStore changes,
      IndexStore products,
      SnapshotStore snapshots,
      VocabularyStore synonyms) {}

  private final Sources sources;
  private final IndexSettings settings;
  private final ReentrantLock turn = new ReentrantLock();
  private final Semaphore wakes = new Semaphore(0);
  private final CountDownLatch first = new CountDownLatch(1);
  private final BackgroundLoop following;
  private final BackgroundLoop pruning;
  private volatile @Nullable Serving serving;
  private volatile List<Rule> synonyms = List.of();

  /** Guarded by {@link #turn}. */
  private long words = Long.MIN_VALUE;

  /**
   * An index that is searched.
   *
   * @param loaded whether it was published by an instance, and not built here
   */
  private record Serving(OpenIndex open, ChangeStore.Bookmark bookmark, boolean loaded) {}

  private IndexFollower(Sources sources, IndexSettings settings) {
    this.sources = sources;
    this.settings = settings;
    this.following =
        BackgroundLoop.start(
            "index",
            () -> {
              follow(); // first of all, for there is no index yet
              wakes.tryAcquire(settings.interval().toNanos(), TimeUnit.NANOSECONDS);
              wakes.drainPermits();
              return true;
            });
    this.pruning = BackgroundLoop.every(PRUNE_INTERVAL, "index-prune", this::prune);
  }

  /** Starts to follow a shop; the index is built beside. */
  public static IndexFollower open(ShopDatabase database, IndexSettings settings) {
    return new IndexFollower(
        new Sources(
            new ChangeStore(database),
            new IndexStore(database),
            new SnapshotStore(database),
            new VocabularyStore(database)),
        settings);
  }

  private void follow() {
    turn.lock();
    try {
      if (serving == null) {
        load();
      }
      Serving current = serving;
      if (current == null || !catchUp(current, List.of())) {
        build();
      }
    } catch (RoutingException e) {
      log.debug("no database to read changes of products from", e);
    } finally {
      turn.unlock();
    }
  }

  /** Opens the newest published index that can be used, if there is one. */
  private void load() {
    Optional<Snapshot> found = published(Long.MAX_VALUE);
    while (found.isPresent() && !load(found.get())) {
      found = published(found.get().id());
    }
  }

  private Optional<Snapshot> published(long below) {
    return sources.snapshots().newest(FORMAT, below, ReadContext.furthest());
  }

  private boolean load(Snapshot snapshot) {
    long start = System.nanoTime();
    try {
      OpenIndex opened =
          OpenIndex.in(
              settings.directory(), (folder, files) -> downloaded(snapshot, folder, files));
      serve(opened, snapshot.bookmark(), true);
      log.info(
          "index of {} products loaded in {} ms",
          snapshot.products(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      return true;
    } catch (IOException e) {
      log.warn("the published index {} cannot be used: {}", snapshot.id(), e.getMessage());
      return false;
    }
  }

  private ProductIndex downloaded(Snapshot snapshot, Path folder, Directory files)
      throws IOException {
    sources.snapshots().download(snapshot, folder, ReadContext.furthest());
    ProductIndex index = ProductIndex.open(files, snapshot.stamp());
    if (index.view().products() != snapshot.products()) {
      index.close();
      throw new IOException("it does not have all its products");
    }
    return index;
  }

  /** Waits until there is an index; answers whether there is one. */
  public boolean awaitIndex(Duration timeout) throws InterruptedException {
    return first.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Whether the index that is searched was published by an instance, and not built here. */
  boolean isLoaded() {
    Serving current = serving;
    return current != null && current.loaded();
  }

  /**
   * Publishes the index for instances that start later, unless the newest one has the same content.
   *
   * @return how many products were published; empty if there was nothing to publish
   */
  public Optional<Integer> publish() {
    Serving current;
    IndexCommit commit;
    IndexView view;
    turn.lock();
    try {
      current = serving;
      if (current == null || isPublished(current.open().index().view())) {
        return Optional.empty();
      }
      commit = current.open().index().commit();
      view = current.open().index().view();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot commit the index", e);
    } finally {
      turn.unlock();
    }
    try {
      sources
          .snapshots()
          .publish(
              view.stamp(),
              current.bookmark(),
              FORMAT,
              view.products(),
              current.open().folder(),
              commit.getFileNames());
      return Optional.of(view.products());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      release(current, commit);
    }
  }

  private boolean isPublished(IndexView view) {
    return published(Long.MAX_VALUE)
        .filter(newest ->
            newest.stamp().epoch().equals(view.stamp().epoch())
                && newest.stamp().lsn() >= view.changed().lsn())
        .isPresent();
  }

  private static void release(Serving current, IndexCommit commit) {
    try {
      current.open().index().release(commit);
    } catch (IOException | AlreadyClosedException e) {
      log.debug("the index was closed while it was published", e);
    }
  }

  /** Builds an index beside the serving one, and switches. */
  private void build() {
    long start = System.nanoTime();
    ReadContext reads = ReadContext.furthest().stamped();
    ChangeStore.Page end = sources.changes().end(reads);
    if (!end.stamp().isKnown()) {
      return; // a node that cannot say where it is; asked again soon
    }
    OpenIndex built = create();
    try {
      int products = fill(built.index(), end.end());
      built.index().compact();
      built.index().publish(end.stamp());
      log.info(
          "index built: {} products in {} ms",
          products,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    } catch (IOException | RuntimeException e) {
      built.close();
      throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
    }
    serve(built, end.bookmark(), false);
    useSynonyms(end.words());
  }

  private OpenIndex create() {
    try {
      return OpenIndex.in(settings.directory(), (folder, files) -> ProductIndex.create(files));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create an index in " + settings.directory(), e);
    }
  }

  private int fill(ProductIndex index, Position atLeast) throws IOException {
    int products = 0;
    String after = "";
    List<IndexedProduct> page;
    do {
      page = sources.products().page(after, PAGE, ReadContext.atLeast(List.of(atLeast)));
      index.put(page);
      products += page.size();
      after = page.isEmpty() ? after : page.getLast().product().id();
    } while (page.size() == PAGE);
    return products;
  }

  private void serve(OpenIndex opened, ChangeStore.Bookmark bookmark, boolean loaded) {
    Serving before = serving;
    serving = new Serving(opened, bookmark, loaded);
    first.countDown();
    if (before != null) {
      before.open().close();
    }
  }

  /**
   * Applies what changed since the last time.
   *
   * @return whether the index can be kept; else it must be built again
   */
  private boolean catchUp(Serving current, List<Position> wanted) {
    Position stamp = current.open().index().stamp();
    ReadContext reads = ReadContext.atLeast(wanted.isEmpty() ? List.of(stamp) : wanted).stamped();
    ChangeStore.Page page = sources.changes().read(current.bookmark(), reads);
    if (!page.stamp().isKnown()) {
      return true; // a node that cannot say where it is
    }
    if (!page.stamp().epoch().equals(stamp.epoch())) {
      log.warn("the database has another history; the index is built again");
      drop(current);
      return false;
    }
    if (page.stamp().lsn() < stamp.lsn()) {
      return true; // a node that is behind the index has nothing new
    }
    if (page.isLost()) {
      log.info("more changes than the log has; the index is built again");
      return false;
    }
    try {
      apply(current.open().index(), page);
      serving = new Serving(current.open(), page.bookmark(), current.loaded());
    } catch (IOException e) {
      drop(current);
      throw new UncheckedIOException(e);
    }
    useSynonyms(page.words());
    return true;
  }

  private static void apply(ProductIndex index, ChangeStore.Page page) throws IOException {
    Set<String> gone = new HashSet<>(page.ids());
    page.products().forEach(one -> gone.remove(one.product().id()));
    index.put(page.products());
    index.delete(gone);
    index.publish(page.stamp());
  }

  private void drop(Serving current) {
    serving = null;
    current.open().close();
  }

  private void useSynonyms(long version) {
    if (version != words) {
      synonyms = sources.synonyms().synonyms(ReadContext.eventual());
      words = version;
    }
  }

  private void prune() {
    try {
      sources.changes().prune();
    } catch (RoutingException e) {
      log.debug("the log of changed products cannot be pruned now", e);
    }
  }

  @Override
  public <R> Optional<R> read(List<Position> wanted, Function<IndexView, R> work) {
    return shows(wanted) || catchUp(wanted) ? read(work) : Optional.empty();
  }

  private <R> Optional<R> read(Function<IndexView, R> work) {
    while (true) {
      Serving current = serving;
      if (current == null) {
        return Optional.empty();
      }
      Optional<R> result = current.open().index().read(work);
      if (result.isPresent()) {
        return result;
      } // it was closed meanwhile: there is another, or none
      Thread.onSpinWait();
    }
  }

  @Override
  public List<Rule> synonyms() {
    return synonyms;
  }

  private boolean shows(List<Position> wanted) {
    Serving current = serving;
    if (current == null) {
      return false;
    }
    Position stamp = current.open().index().stamp();
    return wanted.stream().allMatch(one -> one.isReachedBy(stamp.epoch(), stamp.lsn()));
  }

  private boolean catchUp(List<Position> wanted) {
    try {
      if (!turn.tryLock(settings.positionWait().toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    try {
      Serving current = serving;
      if (current != null && !shows(wanted)) { // else somebody else has caught up
        if (!catchUp(current, wanted)) {
          wakes.release(); // no search waits for a whole index
        }
      }
    } catch (RoutingException e) {
      log.debug("the index cannot catch up", e);
    } finally {
      turn.unlock();
    }
    return shows(wanted);
  }

  @Override
  public void close() {
    following.close();
    pruning.close();
    turn.lock();
    try {
      Serving current = serving;
      if (current != null) {
        drop(current);
      }
    } finally {
      turn.unlock();
    }
  }
}
