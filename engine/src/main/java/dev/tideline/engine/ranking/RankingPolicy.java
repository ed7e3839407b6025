package dev.tideline.engine.ranking;

import dev.tideline.engine.jobs.Periodic;
import dev.tideline.routing.Position;
import dev.tideline.routing.ReadContext;
import dev.tideline.routing.RoutingException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weights that an instance ranks with: what the database has, as of a second ago. Thread-safe.
 */
public final class RankingPolicy implements Weighting, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RankingPolicy.class);

  private static final Duration REFRESH_INTERVAL = Duration.ofSeconds(1);
  private static final String SEPARATOR = " > ";
  private static final String DEFAULT = "";

  private final RankingStore store;
  private final Periodic periodic;
  private volatile Map<String, RankingWeights> weights = Map.of();

  /** What the weights must show at least: the latest change that was made here. */
  private volatile ReadContext reads = ReadContext.eventual();

  private RankingPolicy(RankingStore store) {
    this.store = store;
    refresh();
    this.periodic = Periodic.start("ranking-weights", REFRESH_INTERVAL, this::refresh);
  }

  /** Loads what there is; without a database it starts with the built-in weights. */
  public static RankingPolicy open(RankingStore store) {
    return new RankingPolicy(store);
  }

  /**
   * The weights of a category: its own, else those of the nearest category above it, else the
   * default.
   *
   * @param categories what was filtered by; with none or several, the default
   */
  @Override
  public RankingWeights weights(List<String> categories) {
    Map<String, RankingWeights> all = weights;
    String category = categories.size() == 1 ? categories.getFirst() : DEFAULT;
    while (!category.isEmpty()) {
      RankingWeights own = all.get(category);
      if (own != null) {
        return own;
      }
      int end = category.lastIndexOf(SEPARATOR);
      category = end < 0 ? DEFAULT : category.substring(0, end);
    }
    return all.getOrDefault(DEFAULT, RankingWeights.DEFAULT);
  }

  /** Loads the weights now, after a change whose position this is. */
  public void changed(Position position) {
    reads = ReadContext.atLeast(List.of(position));
    refresh();
  }

  private void refresh() {
    try {
      weights = store.all(reads);
    } catch (RoutingException e) {
      log.debug("no database to load ranking weights from", e);
    } catch (RuntimeException e) {
      log.warn("cannot load the ranking weights, going on with those there are", e);
    }
  }

  @Override
  public void close() {
    periodic.close();
  }
}
