package dev.tideline.engine.search.lucene;

import dev.tideline.engine.index.IndexField;
import dev.tideline.engine.index.IndexView;
import dev.tideline.engine.search.Facet;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.text.TextAnalysis;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/**
 * One search on one view of the index: products with all words; where they are few, those with some
 * too; where there are none, those with what may have been meant. The words alone decide which
 * stages there are, before any filter.
 */
final class LuceneSearch {

  /** With fewer complete matches than this, partial ones follow. */
  static final int RELAX_BELOW = 20;

  private final TextAnalysis analysis;
  private final IndexView view;
  private final Synonyms synonyms;

  LuceneSearch(TextAnalysis analysis, IndexView view, Synonyms synonyms) {
    this.analysis = analysis;
    this.view = view;
    this.synonyms = synonyms;
  }

  /**
   * What was found.
   *
   * @param corrected what was searched instead, if no product had it as typed
   * @param meant what may have been meant, where little was found
   * @param total how many products match, on all pages
   * @param complete how many of them have every word
   * @param topScore the best text score of all whose title is not the query
   * @param exact whether a title is the query
   */
  record Found(
      Plan plan,
      Optional<QueryText> corrected,
      Optional<QueryText> meant,
      long total,
      long complete,
      double topScore,
      boolean exact,
      Stage stage,
      Map<String, List<Facet.Count>> facets) {}

  /** The plan that is searched, and how many products have all of it. */
  private record Chosen(Plan plan, int few, Optional<QueryText> corrected) {}

  /**
   * Searches.
   *
   * @param from how many products are passed over
   * @param count how many are wanted at most
   */
  Found search(SearchQuery query, int from, int count) throws IOException {
    QueryText text = QueryText.parse(query.text());
    String title = TextAnalysis.exact(query.text());
    Planner planner = new Planner(analysis, view, synonyms);
    Plan typed = planner.plan(text, query.prefix());
    if (typed.isEmpty()) {
      return new Found(
          typed, Optional.empty(), Optional.empty(), 0, 0, 0, false, Stage.EMPTY, Map.of());
    }
    int few = few(typed, title);
    List<QueryText> readings =
        few < RELAX_BELOW && typed.hasUnknown()
            ? new Spelling(analysis, view).readings(text, typed)
            : List.of();
    Chosen chosen = choose(query, planner, new Chosen(typed, few, Optional.empty()), readings);
    return found(
        query,
        chosen,
        chosen.corrected().or(() -> readings.stream().findFirst()),
        new PlanQueries(chosen.plan(), title),
        from,
        count);
  }

  private int few(Plan plan, String title) throws IOException {
    return FewCounter.count(view.searcher(), new PlanQueries(plan, title).complete(), RELAX_BELOW);
  }

  /** The first reading of which some product has all, if none has what was typed. */
  private Chosen choose(SearchQuery query, Planner planner, Chosen typed, List<QueryText> readings)
      throws IOException {
    if (typed.few() > 0) {
      return typed;
    }
    Optional<Chosen> first = Optional.empty();
    for (QueryText reading : readings) {
      Plan plan = planner.plan(reading, query.prefix());
      int few = few(plan, "");
      Chosen read = new Chosen(plan, few, Optional.of(reading));
      if (few > 0) {
        return read;
      }
      first = first.or(() -> Optional.of(read));
    }
    return first.orElse(typed);
  }

  private Found found(
      SearchQuery query,
      Chosen chosen,
      Optional<QueryText> meant,
      PlanQueries queries,
      int from,
      int count)
      throws IOException {
    IndexSearcher searcher = view.searcher();
    FilterQueries filters = new FilterQueries(query.filters(), currency(query));
    Query complete = queries.complete();
    boolean relaxed = chosen.few() < RELAX_BELOW;
    Query any = relaxed ? either(complete, queries.partial()) : complete;
    Sort order = order(query);
    int end = from + count;
    Stage first = Stage.of(searcher, filters.all(complete), order, end);
    long completeTotal = searcher.count(filters.all(complete));
    Stage second =
        relaxed && first.ids().size() < end
            ? Stage.of(searcher, filters.all(queries.partial()), order, end - first.ids().size())
            : Stage.EMPTY;
    Stage all = first.then(second, end);
    return new Found(
        chosen.plan(),
        chosen.corrected(),
        meant,
        relaxed ? searcher.count(filters.all(any)) : completeTotal,
        completeTotal,
        topScore(query, all, filters.all(any)),
        all.scores().stream().anyMatch(score -> score >= PlanQueries.EXACT_TITLE),
        all.from(from),
        facets(query.facets(), filters, any));
  }

  private static Query either(Query one, Query other) {
    return new BooleanQuery.Builder().add(one, Occur.SHOULD).add(other, Occur.SHOULD).build();
  }

  private double topScore(SearchQuery query, Stage stage, Query any) throws IOException {
    Stage best =
        query.sort() == SearchQuery.Sort.RELEVANCE
            ? stage
            : Stage.of(view.searcher(), any, new Sort(SortField.FIELD_SCORE, Stage.BY_ID), 1);
    return best.scores().stream()
        .mapToDouble(score -> score >= PlanQueries.EXACT_TITLE ? 0 : score)
        .max()
        .orElse(0);
  }

  private Map<String, List<Facet.Count>> facets(
      List<Facet> facets, FilterQueries filters, Query any) throws IOException {
    Map<String, List<Facet.Count>> counts = new LinkedHashMap<>();
    for (Facet facet : facets) {
      counts.put(
          facet.name(),
          view.searcher()
              .search(
                  new ConstantScoreQuery(filters.without(facet.name(), any)),
                  FacetCounter.of(facet)));
    }
    return counts;
  }

  /** The currency of prices: the one asked for, or the one that most prices are in. */
  private String currency(SearchQuery query) throws IOException {
    String wanted = query.filters().currency();
    if (wanted != null) {
      return wanted;
    }
    Terms currencies = MultiTerms.getTerms(view.searcher().getIndexReader(), IndexField.CURRENCY);
    String most = "";
    int products = -1;
    if (currencies != null) {
      TermsEnum each = currencies.iterator();
      for (BytesRef term = each.next(); term != null; term = each.next()) {
        int count = view.searcher().count(new TermQuery(new Term(IndexField.CURRENCY, term)));
        if (count > products) {
          most = term.utf8ToString();
          products = count;
        }
      }
    }
    return most;
  }

  private Sort order(SearchQuery query) throws IOException {
    SortField first =
        switch (query.sort()) {
          case RELEVANCE -> SortField.FIELD_SCORE;
          case PRICE_ASC, PRICE_DESC -> price(query);
          case NEWEST -> new SortField(IndexField.CREATED, SortField.Type.LONG, true);
          case POPULAR -> new SortField(IndexField.POPULARITY, SortField.Type.LONG, true);
        };
    return new Sort(first, Stage.BY_ID);
  }

  /** Unknown prices, and those in other currencies, come last in both directions. */
  private SortField price(SearchQuery query) throws IOException {
    boolean falling = query.sort() == SearchQuery.Sort.PRICE_DESC;
    return new SortField(
        IndexField.price(currency(query)),
        SortField.Type.LONG,
        falling,
        falling ? Long.MIN_VALUE : Long.MAX_VALUE);
  }
}
