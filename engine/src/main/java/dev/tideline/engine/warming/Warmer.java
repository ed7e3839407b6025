package dev.tideline.engine.warming;

import dev.tideline.cache.CacheException;
import dev.tideline.cache.CacheRequest;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.route.ReadContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the caches with the answers of the most frequent requests: the queries of the last hours,
 * the most popular products of each category, trending products and the ranking weights.
 * Thread-safe.
 */
public final class Warmer {

  /** The name of the job. */
  public static final String JOB = "warm";

  private static final Logger log = LoggerFactory.getLogger(Warmer.class);

  /**
   * The bounds of a run.
   *
   * @param queries how many of the most frequent queries are read
   * @param products how many products are read in total
   * @param atOnce how many reads run at a time
   * @param longest the time after which the rest is not read
   */
  public record Bounds(int queries, int products, int atOnce, Duration longest) {

    public static final Bounds DEFAULT = new Bounds(100, 200, 2, Duration.ofSeconds(10));

    public Bounds {
      if (queries < 0 || products < 0 || atOnce < 1 || !longest.isPositive()) {
        throw new IllegalArgumentException("no bounds: " + queries + ", " + products);
      }
    }

    /** The same bounds with another time. */
    public Bounds within(Duration other) {
      return new Bounds(queries, products, atOnce, other);
    }
  }

  /**
   * The result of a run.
   *
   * @param wanted how many answers were to be read
   * @param read how many answers were read
   */
  public record Report(int wanted, int read, Duration took) {}

  private static final int EACH_CATEGORY = 3;
  private static final int TRENDING = 10;

  private final WarmStore store;
  private final Storefront front;

  public Warmer(WarmStore store, Storefront front) {
    this.store = store;
    this.front = front;
  }

  /**
   * Reads until all answers are read or the time is over. Without a database it does nothing.
   *
   * @param progress receives how many answers have been read
   */
  public Report warm(Bounds bounds, IntConsumer progress) {
    long start = System.nanoTime();
    List<Runnable> wanted;
    try {
      wanted = wanted(bounds);
    } catch (RoutingException e) {
      log.debug("no database to read from", e);
      return new Report(0, 0, Duration.ZERO);
    }
    AtomicInteger read = new AtomicInteger();
    Semaphore places = new Semaphore(bounds.atOnce());
    long end = start + bounds.longest().toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (Runnable one : wanted) {
        places.acquireUninterruptibly();
        if (System.nanoTime() - end >= 0) {
          break;
        }
        running.add(
            threads.submit(() -> {
              try {
                one.run();
                progress.accept(read.incrementAndGet());
              } catch (RoutingException | CacheException | InvalidInputException e) {
                log.debug("not warmed", e);
              } finally {
                places.release();
              }
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      log.warn("warming the caches failed", e.getCause());
    }
    return new Report(wanted.size(), read.get(), Duration.ofNanos(System.nanoTime() - start));
  }

  private List<Runnable> wanted(Bounds bounds) {
    List<Runnable> wanted = new ArrayList<>();
    wanted.add(() -> front.ranking().all(reads()));
    wanted.add(() -> front.recommender().trending(null, TRENDING, reads()));
    for (String query : store.queries(bounds.queries())) {
      wanted.add(() -> front.search().search(SearchQuery.of(query), Shopper.UNKNOWN, reads()));
    }
    for (String product : store.products(EACH_CATEGORY, bounds.products())) {
      wanted.add(() -> front.products().find(product, reads()));
    }
    return wanted;
  }

  private static Reads reads() {
    return new Reads(ReadContext.eventual(), CacheRequest.warming());
  }
}
