package dev.tideline.engine.recommend;

import dev.tideline.engine.FieldError;
import dev.tideline.engine.Identifiers;
import dev.tideline.engine.InvalidInputException;
import dev.tideline.routing.ReadContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to show who has not searched: popular in a person's categories, then popular with all.
 * Thread-safe.
 */
public final class Recommender {

  public static final int LIMIT_DEFAULT = 10;
  public static final int LIMIT_MAX = 100;

  private final RecommendationStore store;

  public Recommender(RecommendationStore store) {
    this.store = store;
  }

  /**
   * At most so many products for a person; a stranger gets what is popular.
   *
   * @param limit 1 to 100
   */
  public List<Recommendation> recommend(String userId, int limit, ReadContext reads) {
    Identifiers.problem(userId)
        .ifPresent(problem -> {
          throw InvalidInputException.of("user_id", problem);
        });
    checkLimit(limit);
    List<Recommendation> found = new ArrayList<>(store.inCategoriesOf(userId, limit, reads));
    if (found.size() < limit) {
      Set<String> there = new HashSet<>();
      found.forEach(recommendation -> there.add(recommendation.product().id()));
      for (Recommendation popular : store.popular(limit, reads)) {
        if (found.size() < limit && there.add(popular.product().id())) {
          found.add(popular);
        }
      }
    }
    return found;
  }

  /**
   * What has been looked at and bought most in the last days.
   *
   * @param category that one and those below it; null for all
   */
  public List<Recommendation> trending(@Nullable String category, int limit, ReadContext reads) {
    checkLimit(limit);
    return store.trending(category, limit, reads);
  }

  private static void checkLimit(int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new InvalidInputException(
          List.of(new FieldError("limit", "must be 1 to %d, not %d".formatted(LIMIT_MAX, limit))));
    }
  }
}
