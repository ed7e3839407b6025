package dev.tideline.engine.search.lucene;

import dev.tideline.engine.index.IndexField;
import dev.tideline.engine.index.IndexField.Text;
import dev.tideline.engine.search.lucene.Plan.Group;
import dev.tideline.engine.search.lucene.Plan.Option;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/**
 * The queries of a plan. A group scores as its best option in its best field does (BM25), the
 * groups add up.
 */
final class PlanQueries {

  /** The fields that are searched, the ones that score first. */
  static final List<Text> FIELDS =
      List.of(Text.TITLE, Text.BRAND, Text.CATEGORY, Text.ATTRIBUTES, Text.DESCRIPTION);

  /** Added to the score of a product whose title is the query itself: it comes before all. */
  static final float EXACT_TITLE = 1_000;

  private static final float PAIR = 0.3f;
  private static final float IDENTIFIER = 12;

  /** What the beginning of a word scores: as much as a word that is not rare. */
  private static final float BEGINNING = 2;

  private final Plan plan;
  private final String exactTitle;

  /**
   * Queries of a plan.
   *
   * @param exactTitle the query in the form of {@link IndexField#EXACT_TITLE}
   */
  PlanQueries(Plan plan, String exactTitle) {
    this.plan = plan;
    this.exactTitle = exactTitle;
  }

  /** On the judged queries, scores of descriptions and categories lost more than they gained. */
  private static float weight(Text field) {
    return switch (field) {
      case TITLE -> 1;
      case BRAND -> 0.6f;
      case CATEGORY, ATTRIBUTES -> 0.4f;
      case DESCRIPTION, SURFACE -> 0.0001f;
    };
  }

  /** Products with every word, and those whose title is the query. */
  Query complete() {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (Group group : plan.groups()) {
      query.add(group(group), group.required() ? Occur.MUST : Occur.SHOULD);
    }
    addRest(query);
    query.add(exactTitle(), Occur.SHOULD);
    return query.build();
  }

  /** The query as a whole, and nothing else, is the title. */
  Query exactTitle() {
    return new BoostQuery(
        new ConstantScoreQuery(new TermQuery(new Term(IndexField.EXACT_TITLE, exactTitle))),
        EXACT_TITLE);
  }

  /** Products with some of the words, but not all. */
  Query partial() {
    BooleanQuery.Builder some = new BooleanQuery.Builder();
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    List<Group> rare = plan.groups().stream().filter(g -> g.required() && !g.common()).toList();
    for (Group group : plan.groups()) {
      if (rare.isEmpty() ? group.required() : rare.contains(group)) {
        some.add(group(group), Occur.SHOULD);
      } else {
        query.add(group(group), Occur.SHOULD);
      }
    }
    query.add(some.build(), Occur.MUST);
    addRest(query);
    query.add(complete(), Occur.MUST_NOT);
    return query.build();
  }

  private void addRest(BooleanQuery.Builder query) {
    plan.pairs().forEach(pair -> query.add(pair(pair), Occur.SHOULD));
    for (List<Option> phrase : plan.phrases()) {
      query.add(anyField(phrase), Occur.MUST);
    }
    plan.excluded().forEach(option -> query.add(anyField(List.of(option)), Occur.MUST_NOT));
  }

  private static Query pair(Option pair) {
    return new BoostQuery(
        terms(Text.TITLE.in(pair.language()), pair.terms(), pair.beginning()), PAIR);
  }

  private static Query group(Group group) {
    List<Query> options = new ArrayList<>(fields(group.options()));
    if (!group.identifier().isEmpty()) {
      options.add(
          new BoostQuery(
              new ConstantScoreQuery(
                  new TermQuery(new Term(IndexField.IDENTIFIER, group.identifier()))),
              IDENTIFIER));
    }
    return best(options);
  }

  private static Query anyField(List<Option> options) {
    return best(fields(options));
  }

  private static Query best(List<Query> queries) {
    return queries.isEmpty()
        ? MatchNoDocsQuery.INSTANCE
        : queries.size() == 1 ? queries.getFirst() : new DisjunctionMaxQuery(queries, 0);
  }

  private static List<Query> fields(List<Option> options) {
    List<Query> queries = new ArrayList<>();
    for (Option option : options) {
      for (Text field : FIELDS) {
        float weight = weight(field) * (float) option.weight();
        String name = field.in(option.language());
        queries.add(new BoostQuery(terms(name, option.terms(), false), weight));
        if (option.beginning()) {
          queries.add(new BoostQuery(terms(name, option.terms(), true), weight));
        }
      }
    }
    return queries;
  }

  private static Query terms(String field, List<String> terms, boolean beginning) {
    if (beginning && terms.size() == 1) {
      return new BoostQuery(
          new ConstantScoreQuery(new PrefixQuery(new Term(field, terms.getFirst()))), BEGINNING);
    }
    if (terms.size() == 1) {
      return new TermQuery(new Term(field, terms.getFirst()));
    }
    PhraseQuery.Builder phrase = new PhraseQuery.Builder();
    terms.forEach(term -> phrase.add(new Term(field, term)));
    return phrase.build();
  }
}
