package dev.tideline.engine.search;

import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.search.QueryPlan.Reading;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds products by words in PostgreSQL: those with all of them; where they are few, those with
 * some too; where there are none, those with what may have been meant. What is found is decided by
 * the words alone: filters leave some of it out, facets count it, and an order has those with all
 * words before those with some. One statement, or two if facets are cached without candidates.
 * Thread-safe.
 */
public final class PostgresEngine implements SearchEngine {

  private final SearchCache cache;
  private final Language language;
  private final SearchFeatures parts;

  public PostgresEngine(
      SearchStore store, ShopCaches caches, QueryCache results, Language language) {
    this(store, caches, results, language, SearchFeatures.ALL);
  }

  /** A search without some of its parts. */
  public PostgresEngine(
      SearchStore store,
      ShopCaches caches,
      QueryCache results,
      Language language,
      SearchFeatures parts) {
    this.cache = new SearchCache(store, caches, results);
    this.language = language;
    this.parts = parts;
  }

  @Override
  public Answer search(SearchQuery query, int from, int count, Reads reads) {
    ParsedQuery parsed = ParsedQuery.parse(query.text());
    if (parsed.isEmpty()) {
      return new Answer(
          parsed.normalized(),
          Optional.empty(),
          Optional.empty(),
          Candidates.NONE,
          Highlighter.NONE);
    }
    Language.State state = language.state();
    QueryPlan plan =
        new QueryPlanner(state.vocabulary(), state.synonyms(), parts).plan(parsed, query.prefix());
    double averageTitle =
        parts.lengths() ? state.vocabulary().titleWords() : Vocabulary.UNCOUNTED_TITLE;
    SearchCache.Staged found =
        cache.candidates(
            new SearchCache.Wanted(plan, query, state.vocabulary(), averageTitle, from, count),
            reads);
    Optional<Reading> applied = applied(plan, found);
    Optional<String> corrected = applied.map(read -> text(parsed, read));
    return new Answer(
        parsed.normalized(),
        corrected,
        corrected.or(() ->
            plan.readings().stream()
                .filter(read -> found.candidates().total() < SearchStoreStatement.RELAX_BELOW)
                .findFirst()
                .map(read -> text(parsed, read))),
        found.candidates(),
        highlighter(query, plan, applied, state));
  }

  private static Highlighter highlighter(
      SearchQuery query, QueryPlan plan, Optional<Reading> applied, Language.State state) {
    List<String> typed = applied.map(Reading::words).orElse(plan.query().words());
    List<String> words = new ArrayList<>(typed);
    Stream.concat(
            typed.stream().flatMap(word -> state.synonyms().of(word).stream()),
            plan.query().phrases().stream())
        .forEach(several -> words.addAll(List.of(several.split(" ", -1))));
    return new WordHighlighter(
        state.vocabulary(),
        words,
        query.prefix() && !typed.isEmpty() ? Optional.of(typed.getLast()) : Optional.empty());
  }

  private static String text(ParsedQuery query, Reading reading) {
    return query.withWords(reading.words()).normalized();
  }

  /** The reading that found what was found, if nothing was found as it was typed. */
  private static Optional<Reading> applied(QueryPlan plan, SearchCache.Staged found) {
    if (found.stages().getFirst() > 0 || found.candidates().total() == 0) {
      return Optional.empty();
    }
    for (int i = 0; i < plan.readings().size(); i++) {
      if (found.stages().get(i + 1) > 0) {
        return Optional.of(plan.readings().get(i));
      }
    }
    return plan.readings().stream().findFirst();
  }
}
