package dev.tideline.engine.search.lucene;

import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.index.IndexView;
import dev.tideline.engine.index.ProductIndex;
import dev.tideline.engine.search.Candidates;
import dev.tideline.engine.search.Highlighter;
import dev.tideline.engine.search.SearchEngine;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.text.TextAnalysis;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Finds products by words in the index of the instance. Thread-safe. */
public final class LuceneEngine implements SearchEngine {

  private final ProductIndex index;
  private final TextAnalysis analysis = new TextAnalysis();

  public LuceneEngine(ProductIndex index) {
    this.index = index;
  }

  @Override
  public Answer search(SearchQuery query, int from, int count, Reads reads) {
    return index.read(view -> search(view, query, from, count));
  }

  private Answer search(IndexView view, SearchQuery query, int from, int count) {
    try {
      LuceneSearch.Found found =
          new LuceneSearch(analysis, view, Synonyms.NONE).search(query, from, count);
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
