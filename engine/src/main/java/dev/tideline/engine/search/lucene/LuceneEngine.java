package dev.tideline.engine.search.lucene;

import dev.tideline.engine.caching.ProductTags;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.index.IndexView;
import dev.tideline.engine.index.SearchableIndex;
import dev.tideline.engine.search.Candidates;
import dev.tideline.engine.search.Highlighter;
import dev.tideline.engine.search.SearchEngine;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.text.TextAnalysis;
import dev.tideline.engine.words.Synonyms.Rule;
import dev.tideline.routing.route.ReadContext.Consistency;
import dev.tideline.routing.token.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Finds products by words in the index of the instance. What the index cannot answer goes to
 * another engine: while there is no index, strong reads, and tokens that the index does not show in
 * time. Thread-safe.
 */
public final class LuceneEngine implements SearchEngine {

  private final SearchableIndex index;
  private final SearchEngine others;

  /** Any write of a product may change the answer. */
  private static final List<String> DEPENDENCIES = List.of(ProductTags.ANY);

  private final TextAnalysis analysis = new TextAnalysis();

  private volatile Synonyms synonyms = new Synonyms(analysis, List.of(), List.of());

  /**
   * An engine.
   *
   * @param others answers what the index cannot
   */
  public LuceneEngine(SearchableIndex index, SearchEngine others) {
    this.index = index;
    this.others = others;
  }

  /** The synonyms, analysed in the languages that products are in. */
  private Synonyms synonyms(IndexView view) {
    List<Rule> rules = index.synonyms();
    Synonyms current = synonyms;
    if (!current.isOf(view.languages(), rules)) {
      current = new Synonyms(analysis, view.languages(), rules);
      synonyms = current;
    }
    return current;
  }

  @Override
  public Answer search(SearchQuery query, int from, int count, Reads reads) {
    Optional<Answer> answer =
        switch (reads.sql().consistency()) {
          case Consistency.Strong(), Consistency.Furthest() -> Optional.empty();
          case Consistency.Eventual() -> indexed(List.of(), query, from, count);
          case Consistency.AtLeast(List<Position> positions) ->
              indexed(positions, query, from, count);
        };
    if (answer.isEmpty()) {
      return others.search(query, from, count, reads);
    }
    reads.cache().dependsOn(DEPENDENCIES, ProductTags.ANY);
    return answer.get();
  }

  private Optional<Answer> indexed(
      List<Position> positions, SearchQuery query, int from, int count) {
    return index.read(positions, view -> search(view, query, from, count));
  }

  private Answer search(IndexView view, SearchQuery query, int from, int count) {
    try {
      LuceneSearch.Found found =
          new LuceneSearch(analysis, view, synonyms(view)).search(query, from, count);
      return new Answer(
          QueryText.parse(query.text()).normalized(),
          found.corrected().map(QueryText::normalized),
          found.meant().map(QueryText::normalized),
          new Candidates(
              found.total(),
              found.complete(),
              found.topScore(),
              found.exact(),
              found.stage().ids(),
              found.stage().scores(),
              found.facets()),
          query.highlight() ? new TermHighlighter(analysis, found.plan()) : Highlighter.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
