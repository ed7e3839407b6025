package dev.tideline.engine.suggest;

import dev.tideline.cache.CacheKey;
import dev.tideline.cache.Loaded;
import dev.tideline.cache.TieredCache;
import dev.tideline.engine.caching.JsonCodec;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.caching.WatchedTable;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.words.Language;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.type.TypeReference;

/**
 * Completes what a shopper is typing, and corrects typing errors. One statement; two with a
 * correction. Thread-safe.
 */
public final class Suggester {

  public static final int LIMIT_DEFAULT = 10;
  public static final int LIMIT_MAX = 100;

  private static final JsonCodec<List<Suggestion>> SUGGESTIONS =
      JsonCodec.of(new TypeReference<>() {});

  private final SuggestionStore store;
  private final TieredCache<List<Suggestion>> cache;
  private final Language language;

  public Suggester(SuggestionStore store, ShopCaches caches, Language language) {
    this.store = store;
    this.cache = caches.cache(ShopCache.SUGGEST, SUGGESTIONS);
    this.language = language;
  }

  private List<Suggestion> find(String beginning, int limit, Reads reads) {
    return cache
        .get(
            CacheKey.builder().text("beginning", beginning).number("limit", limit).build(),
            reads.cache(),
            reads.loader(sql ->
                Loaded.of(
                    store.find(beginning, limit, sql), Set.of(WatchedTable.SUGGESTIONS.tag()))))
        .find()
        .orElse(List.of());
  }

  /**
   * Suggestions, the best first.
   *
   * @param typed 1 to 500 characters, no control characters
   * @param limit 1 to 100
   * @throws InvalidInputException with all problems
   */
  public List<Suggestion> suggest(String typed, int limit, Reads reads) {
    check(typed, limit);
    String beginning = Language.fold(typed);
    if (beginning.isEmpty()) {
      return List.of();
    }
    List<Suggestion> found = distinct(find(beginning, limit, reads), limit);
    if (found.size() < limit) {
      Optional<String> meant = language.correctBeginning(beginning);
      if (meant.isPresent()) {
        List<Suggestion> all = new ArrayList<>(found);
        all.addAll(find(meant.get(), limit, reads));
        return distinct(all, limit);
      }
    }
    return found;
  }

  private static void check(String typed, int limit) {
    List<FieldError> errors = new ArrayList<>();
    if (typed.isBlank() || typed.length() > SearchQuery.TEXT_MAX) {
      errors.add(new FieldError("q", "must be 1 to " + SearchQuery.TEXT_MAX + " characters"));
    } else if (Identifiers.hasControlCharacter(typed)) {
      errors.add(new FieldError("q", "must not contain control characters"));
    }
    if (limit < 1 || limit > LIMIT_MAX) {
      errors.add(new FieldError("limit", "must be 1 to %d, not %d".formatted(LIMIT_MAX, limit)));
    }
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
  }

  /** Keeps one suggestion for the same words, whatever its kind. */
  private static List<Suggestion> distinct(List<Suggestion> suggestions, int limit) {
    Set<String> seen = new HashSet<>();
    return suggestions.stream()
        .filter(one -> seen.add(Language.fold(one.text())))
        .limit(limit)
        .toList();
  }
}
