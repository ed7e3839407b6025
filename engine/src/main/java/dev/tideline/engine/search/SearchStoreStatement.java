package dev.tideline.engine.search;

import dev.tideline.engine.search.QueryPlan.Group;
import dev.tideline.engine.search.QueryPlan.Option;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes the one statement that finds candidates. It looks for the query as it was typed; if
 * nothing has that, as it may have been meant, reading by reading; and if few products match, for
 * those that have any of the rarer words. Stages that are not needed are not run. Which stages are
 * needed depends on the words alone: filters take away from what the words find and never add to
 * it. All values are parameters. Not thread-safe.
 *
 * <p>The score is BM25's idea with what PostgreSQL has: for each word, its inverse document
 * frequency times {@code ts_rank} of that word alone, which saturates with repetitions and weighs
 * fields (title 1, brand 0.6, category 0.4); the sum is divided by a measure of the title's length.
 */
final class SearchStoreStatement {

  /** With fewer products than this that have every word, those that have some are found too. */
  static final int RELAX_BELOW = 20;

  private static final String RANK = "ts_rank('{0.1, 0.4, 0.6, 1.0}', p.search_head, ";

  /** What a pair of neighbours counts for, in parts of its rarer word. */
  private static final double PAIR_WEIGHT = 0.08;

  /** The length of an average title counts for a quarter of the divisor. */
  private static final double LENGTH_BASE = 3;

  private final QueryPlan plan;
  private final SearchQuery query;
  private final double averageTitle;
  private final List<Way> ways = new ArrayList<>();
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final Map<String, String> words = new LinkedHashMap<>();
  private final Map<Double, String> weights = new LinkedHashMap<>();
  private final SearchStoreFilters filters;

  /**
   * A way to read the query.
   *
   * @param strict what a product must have one of, for a group
   * @param all what counts for a group
   */
  private record Way(
      Function<Group, List<Option>> strict,
      Function<Group, List<Option>> all,
      List<QueryPlan.Pair> pairs) {

    static Way typed(QueryPlan plan) {
      return new Way(Group::asTyped, Group::asTyped, plan.pairs());
    }

    static Way of(QueryPlan.Reading reading) {
      return new Way(
          group -> group.corrected() ? List.of(group.correction(reading.place())) : group.asTyped(),
          group -> {
            List<Option> options = new ArrayList<>(group.asTyped());
            if (group.corrected()) {
              options.add(group.correction(reading.place()));
            }
            return options;
          },
          reading.pairs());
    }
  }

  /**
   * A statement.
   *
   * @param averageTitle words of a title on average; not positive if scores are of no interest
   */
  SearchStoreStatement(QueryPlan plan, SearchQuery query, double averageTitle) {
    this.plan = plan;
    this.query = query;
    this.averageTitle = averageTitle;
    ways.add(Way.typed(plan));
    plan.readings().forEach(reading -> ways.add(Way.of(reading)));
    this.filters = new SearchStoreFilters(query, parameters);
  }

  Map<String, Object> parameters() {
    return parameters;
  }

  /** How many stages the statement counts: as typed, and each reading. */
  int stages() {
    return ways.size();
  }

  /**
   * One row: {@code total}, {@code complete}, {@code stage0} to the last, {@code top_score}, {@code
   * exact}, {@code ids}, {@code scores} in order, and {@code facet0} to the last as JSON.
   *
   * @param from how many of the best are passed over
   * @param count how many are wanted
   */
  String text(int from, int count) {
    parameters.put("from", from);
    parameters.put("count", count);
    StringBuilder sql = new StringBuilder();
    String stages = stageSql();
    sql.append("WITH words AS MATERIALIZED (SELECT ");
    sql.append(
        words.values().stream()
            .map(name -> "to_tsquery('tideline', :%s) AS %s".formatted(name, name))
            .collect(Collectors.joining(", ")));
    for (String name : weights.values()) {
      sql.append(", CAST(:%s AS float8) AS %s".formatted(name, name));
    }
    sql.append("),\n").append(stages);
    sql.append(matchedSql());
    sql.append("kept AS MATERIALIZED (SELECT * FROM matched WHERE ")
        .append(filters.after())
        .append("),\n");
    sql.append(
        """
        page AS (SELECT id, score, row_number() OVER () AS place
          FROM (SELECT id, score FROM kept ORDER BY complete DESC, %s, id LIMIT :count OFFSET :from) AS best)
        SELECT (SELECT count(*) FROM kept) AS total, (SELECT count(*) FROM kept WHERE complete) AS complete,
          (SELECT max(score) FROM kept WHERE score < %s) AS top_score, (SELECT bool_or(score >= %s) FROM kept) AS exact,
        """
            .formatted(order(), Candidates.EXACT_TITLE, Candidates.EXACT_TITLE));
    for (int stage = 0; stage < stages(); stage++) {
      sql.append("  (SELECT n FROM s%d) AS stage%d,\n".formatted(stage, stage));
    }
    for (int i = 0; i < query.facets().size(); i++) {
      sql.append("  ").append(filters.facet(i)).append(" AS facet").append(i);
      sql.append(",\n");
    }
    parameters.put("plainWords", SearchTags.words(plan).toArray(String[]::new));
    return sql.append(
            "  (SELECT json_object_agg(word, tsvector_to_array(to_tsvector('tideline', word)))"
                + " FROM unnest(:plainWords) AS word) AS lexemes,\n")
        .append(
            "  array_agg(id ORDER BY place) AS ids, array_agg(score ORDER BY place) AS scores FROM"
                + " page")
        .toString();
  }

  /**
   * A strict and a relaxed stage for each way to read the query: as it was typed, then each
   * reading. The first whose words find something is taken, else the likeliest reading; it is
   * relaxed if its words find few. The strict stages are {@code m0} to the last, the relaxed ones
   * {@code r0} to the last; how many products have all words of each is {@code n} of {@code s0} to
   * the last.
   */
  private String stageSql() {
    StringBuilder sql = new StringBuilder();
    StringBuilder nothingBefore = new StringBuilder();
    for (int i = 0; i < stages(); i++) {
      sql.append(strictSql(i, nothingBefore.toString()));
      nothingBefore.append(" AND ").append(found(i)).append(" = 0");
    }
    if (plan.canRelax()) {
      int likeliest = plan.readings().isEmpty() ? 0 : 1;
      for (int i = 0; i < stages(); i++) {
        String taken = found(i) + " > 0";
        String gate = i == likeliest ? "(%s OR (true%s))".formatted(taken, nothingBefore) : taken;
        String few = " AND %s < %d".formatted(found(i), RELAX_BELOW);
        String complete = "p.id IN (SELECT id FROM m%d)".formatted(i);
        String match = matches(relaxed(ways.get(i))) + " AND " + gate + few;
        sql.append(stage("r" + i, ways.get(i), complete, match));
      }
    }
    return sql.toString();
  }

  /** How many products have all words of a way; exact below {@link #RELAX_BELOW}. */
  private static String found(int way) {
    return "(SELECT n FROM s" + way + ')';
  }

  /**
   * A strict stage and its count. With filters the products that have the words are counted apart,
   * as far as it matters: {@code t} is read no further than its reader goes, and is planned as if
   * it were read to its end, for the planner would take a limit for a reason to read the table.
   */
  private String strictSql(int i, String gate) {
    Way way = ways.get(i);
    String match = matches(strict(way)) + gate;
    String stage = stage("m" + i, way, "true", match);
    if (filters.isEmpty()) {
      return stage + "s%d AS MATERIALIZED (SELECT count(*) AS n FROM m%d),\n".formatted(i, i);
    }
    String counted =
        """
        t%d AS MATERIALIZED (SELECT 1 FROM words, products p WHERE %s),
        s%d AS MATERIALIZED (SELECT count(*) AS n FROM (SELECT 1 FROM t%d LIMIT %d) AS few),
        """
            .formatted(i, match, i, i, RELAX_BELOW);
    return counted + stage;
  }

  private static String matches(String tsquery) {
    return "p.search @@ (" + tsquery + ')';
  }

  /**
   * A stage.
   *
   * @param complete whether a product has every word
   * @param match what products {@code p} it finds, before they are filtered
   */
  private String stage(String name, Way way, String complete, String match) {
    String columns =
        query.facets().isEmpty() && query.sort() == SearchQuery.Sort.RELEVANCE
            ? ""
            : ", p.brand, p.category, p.price, p.currency, p.in_stock, p.attributes, p.created_at";
    boolean popular = query.sort() == SearchQuery.Sort.POPULAR;
    return """
    %s AS MATERIALIZED (SELECT p.id, %s AS complete, %s AS score%s%s
      FROM words, products p%s WHERE %s AND %s),
    """
        .formatted(
            name,
            complete,
            score(way),
            columns,
            popular ? ", f.popularity_log2 AS popularity" : "",
            popular ? " LEFT JOIN product_features f ON f.product_id = p.id" : "",
            match,
            filters.within());
  }

  /** A relaxed stage that is run has all that its strict one has. */
  private String matchedSql() {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < stages(); i++) {
      if (plan.canRelax()) {
        parts.add("SELECT * FROM r" + i);
        parts.add("SELECT * FROM m%d WHERE %s >= %d".formatted(i, found(i), RELAX_BELOW));
      } else {
        parts.add("SELECT * FROM m" + i);
      }
    }
    return "matched AS (" + String.join(" UNION ALL ", parts) + "),\n";
  }

  // what to match

  private String strict(Way way) {
    return joined(
        plan.groups().stream()
            .filter(Group::required)
            .map(group -> any(way.strict().apply(group)))
            .collect(Collectors.joining(" && ")));
  }

  private String relaxed(Way way) {
    List<Group> rare = plan.groups().stream().filter(g -> g.required() && !g.common()).toList();
    List<Group> groups = rare.isEmpty() ? plan.groups() : rare;
    return joined(
        groups.stream()
            .map(group -> any(way.all().apply(group)))
            .collect(Collectors.joining(" || ", "(", ")")));
  }

  private String any(List<Option> options) {
    return options.stream()
        .map(option -> word(option.expression()))
        .collect(Collectors.joining(" || ", "(", ")"));
  }

  /** With the phrases that must, and the words that must not be there. */
  private String joined(String match) {
    List<String> parts = new ArrayList<>();
    if (!plan.groups().isEmpty()) {
      parts.add(match);
    }
    plan.query().phrases().forEach(phrase -> parts.add(word(phraseOf(phrase))));
    // by its function: the router's parser does not know the operator !!
    plan.query()
        .excluded()
        .forEach(words -> parts.add("tsquery_not(" + word(phraseOf(words)) + ')'));
    return String.join(" && ", parts);
  }

  private static String phraseOf(String words) {
    return List.of(words.split(" ", -1)).stream()
        .map(QueryPlanner::quoted)
        .collect(Collectors.joining(" <-> "));
  }

  /** The name of a column of {@code words}; the same expression has the same one. */
  private String word(String expression) {
    return words.computeIfAbsent(
        expression,
        key -> {
          String name = "w" + words.size();
          parameters.put(name, key);
          return name;
        });
  }

  // how much it counts

  private String score(Way way) {
    if (averageTitle <= 0) {
      return "0::float8";
    }
    List<String> parts = new ArrayList<>();
    for (Group group : plan.groups()) {
      List<Option> options = way.all().apply(group);
      String ranks =
          options.stream()
              .map(option ->
                  weight(option.weight()) + " * " + RANK + word(option.expression()) + ")")
              .collect(Collectors.joining(", "));
      parts.add(options.size() > 1 ? "greatest(" + ranks + ")" : ranks);
    }
    plan.query().phrases().forEach(phrase -> parts.add(RANK + word(phraseOf(phrase)) + ")"));
    way.pairs()
        .forEach(pair ->
            parts.add(
                "CASE WHEN p.search_head @@ %s THEN %s ELSE 0 END"
                    .formatted(word(pair.expression()), weight(PAIR_WEIGHT * pair.idf()))));
    parameters.put("title", query.exactTitle());
    return "(%s) / (%s + p.title_words / %s) + CASE WHEN lower(p.title) = :title THEN %s ELSE 0 END"
        .formatted(
            String.join(" + ", parts),
            LENGTH_BASE,
            weight(Math.max(1, averageTitle)),
            Candidates.EXACT_TITLE);
  }

  /** A parameter, so that queries of the same form share one prepared statement. */
  private String weight(double value) {
    return weights.computeIfAbsent(
        value,
        key -> {
          String name = "v" + weights.size();
          parameters.put(name, key);
          return name;
        });
  }

  /** Among products that have all words, and among those that have some. */
  private String order() {
    return switch (query.sort()) {
      case RELEVANCE -> "score DESC";
      case PRICE_ASC -> filters.comparablePrice() + " ASC NULLS LAST";
      case PRICE_DESC -> filters.comparablePrice() + " DESC NULLS LAST";
      case NEWEST -> "created_at DESC";
      case POPULAR -> "popularity DESC NULLS LAST";
    };
  }
}
