package dev.tideline.engine.recommend;

import dev.tideline.engine.catalog.CategoryPath;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import java.util.List;
import java.util.Optional;

/**
 * A request for a user's recommendations.
 *
 * @param limit the most products, 1 to 100
 * @param category only products of this category or below it
 * @param excludeSeen whether products that the user interacted with are left out
 * @param session products viewed in the user's session, newest first
 * @param named whether reasons may name what the user did, viewed or prefers
 */
public record RecommendationQuery(
    String userId,
    int limit,
    Optional<String> category,
    boolean excludeSeen,
    List<String> session,
    boolean named) {

  public static final int LIMIT_DEFAULT = 10;
  public static final int LIMIT_MAX = 100;

  /**
   * Checks the bounds.
   *
   * @throws InvalidInputException if one is broken
   */
  public RecommendationQuery {
    Identifiers.problem(userId)
        .ifPresent(problem -> {
          throw InvalidInputException.of("user_id", problem);
        });
    checkLimit(limit);
    category.ifPresent(path -> CategoryPath.check("category", path));
  }

  /** A query whose reasons may name everything. */
  public RecommendationQuery(
      String userId,
      int limit,
      Optional<String> category,
      boolean excludeSeen,
      List<String> session) {
    this(userId, limit, category, excludeSeen, session, true);
  }

  static void checkLimit(int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw InvalidInputException.of(
          "limit", "must be 1 to %d, not %d".formatted(LIMIT_MAX, limit));
    }
  }

  /** A query of which only the user's id is known. */
  public static RecommendationQuery of(String userId, int limit) {
    return new RecommendationQuery(userId, limit, Optional.empty(), false, List.of());
  }
}
