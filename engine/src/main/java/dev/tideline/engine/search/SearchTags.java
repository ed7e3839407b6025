package dev.tideline.engine.search;

import dev.tideline.engine.caching.ProductTags;
import dev.tideline.engine.caching.WatchedTable;
import dev.tideline.engine.search.QueryPlan.Group;
import dev.tideline.engine.search.QueryPlan.Option;
import dev.tideline.engine.words.Vocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What could change the answer to a search. A product matches only if it has certain words, so
 * every write that could change which products match, or how well, is one of a product that has one
 * of them, before it or after. Writes name the words of both versions; see the migration of the
 * outbox.
 *
 * <p>Where a product must have all of several words, the rarest of them is enough: no match comes
 * or goes without it.
 */
final class SearchTags {

  /** With more tags than this it is simpler to name all products. */
  private static final int TAGS_MAX = 100;

  private static final Pattern WORD = Pattern.compile("'([^']+)'(:\\*)?");

  private final QueryPlan plan;
  private final SearchQuery query;
  private final Vocabulary vocabulary;
  private final Map<String, List<String>> lexemes;

  /**
   * The tags of a search.
   *
   * @param lexemes by word, what each is stemmed to
   */
  SearchTags(
      QueryPlan plan, SearchQuery query, Vocabulary vocabulary, Map<String, List<String>> lexemes) {
    this.plan = plan;
    this.query = query;
    this.vocabulary = vocabulary;
    this.lexemes = lexemes;
  }

  /** All words of a plan that products are looked at for. */
  static Set<String> words(QueryPlan plan) {
    Set<String> words = new LinkedHashSet<>();
    plan.groups()
        .forEach(group ->
            group.options().forEach(option -> words.addAll(operands(option.expression()))));
    plan.query().phrases().forEach(phrase -> words.addAll(List.of(phrase.split(" ", -1))));
    return words;
  }

  private static List<String> operands(String expression) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(expression);
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  /**
   * The tags.
   *
   * @param asTyped how many products were found that have all as it was typed
   */
  Set<String> of(long asTyped) {
    Set<String> tags = new LinkedHashSet<>();
    Optional<Set<String>> needed = needed(asTyped);
    if (needed.isEmpty() || needed.get().size() > TAGS_MAX) {
      tags.add(ProductTags.ANY);
    } else {
      for (String lexeme : needed.get()) {
        tags.add(ProductTags.word(lexeme));
        if (looksAtOffers()) {
          tags.add(ProductTags.offer(lexeme));
        }
      }
    }
    if (query.sort() == SearchQuery.Sort.POPULAR) {
      tags.add(WatchedTable.PRODUCT_FEATURES.tag());
    }
    if (query.filters().currency() == null
        && (query.filters().usesPrice() || query.sort().byPrice())) {
      tags.add(WatchedTable.SEARCH_STATISTICS.tag()); // which counts the commonest currency
    }
    return tags;
  }

  private boolean looksAtOffers() {
    return query.filters().usesPrice()
        || query.filters().currency() != null
        || query.filters().inStock() != null
        || query.sort().byPrice()
        || query.facets().stream().anyMatch(facet -> facet.name().equals("in_stock"));
  }

  /** A lexeme, and how many products are known to have it. */
  private record Need(String lexeme, int products) {}

  /** Lexemes of which every product that could be found has one; empty if there are no such. */
  private Optional<Set<String>> needed(long asTyped) {
    Optional<Need> phrase =
        plan.query().phrases().stream()
            .map(each -> rarest(List.of(each.split(" ", -1))))
            .flatMap(Optional::stream)
            .min(Comparator.comparingInt(Need::products));
    if (phrase.isPresent()) {
      return phrase.map(need -> Set.of(need.lexeme()));
    }
    if (asTyped >= SearchStoreStatement.RELAX_BELOW) {
      return plan.groups().stream()
          .filter(Group::required)
          .map(group -> needs(group.asTyped()))
          .flatMap(Optional::stream)
          .min(Comparator.comparingInt(needs -> needs.stream().mapToInt(Need::products).sum()))
          .map(SearchTags::lexemes);
    }
    return anyOfAll().map(SearchTags::lexemes);
  }

  private static Set<String> lexemes(List<Need> needs) {
    return needs.stream().map(Need::lexeme).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Of each way to have any of the groups, as typed or as it may have been meant. */
  private Optional<List<Need>> anyOfAll() {
    Predicate<Group> rare = group -> group.required() && !group.common();
    List<Group> groups =
        plan.groups().stream().anyMatch(rare)
            ? plan.groups().stream().filter(rare).toList()
            : plan.groups();
    return groups.isEmpty()
        ? Optional.empty()
        : needs(groups.stream().flatMap(group -> group.options().stream()).toList());
  }

  private Optional<List<Need>> needs(List<Option> options) {
    List<Need> all = new ArrayList<>();
    for (Option option : options) {
      if (option.expression().contains(":*")) {
        return Optional.empty(); // any word that begins so
      }
      Optional<Need> rarest = rarest(operands(option.expression()));
      if (rarest.isEmpty()) {
        return Optional.empty();
      }
      all.add(rarest.get());
    }
    return Optional.of(all);
  }

  private Optional<Need> rarest(List<String> words) {
    return words.stream()
        .flatMap(word ->
            lexemes.getOrDefault(word, List.of()).stream()
                .limit(1)
                .map(lexeme -> new Need(lexeme, vocabulary.products(word))))
        .min(Comparator.comparingInt(Need::products));
  }
}
