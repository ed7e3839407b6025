package dev.tideline.engine.search.lucene;

import dev.tideline.engine.index.IndexField.Text;
import dev.tideline.engine.index.IndexView;
import dev.tideline.engine.search.lucene.Plan.Group;
import dev.tideline.engine.search.lucene.Plan.Option;
import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.engine.text.StopWords;
import dev.tideline.engine.text.TextAnalysis;
import java.util.ArrayList;
import java.util.List;

/** Makes the plan of a query on one view of the index. */
final class Planner {

  /** A word that more of the catalog has than this does not make a match by itself. */
  private static final double COMMON_SHARE = 0.2;

  /** In a small shop every word is rare enough. */
  private static final int COMMON_MIN = 500;

  /** Parts of a compound have at least so many letters. */
  private static final int PART_MIN = 3;

  private final TextAnalysis analysis;
  private final IndexView view;
  private final Synonyms synonyms;

  Planner(TextAnalysis analysis, IndexView view, Synonyms synonyms) {
    this.analysis = analysis;
    this.view = view;
    this.synonyms = synonyms;
  }

  /**
   * The plan.
   *
   * @param typing whether the last unit may be the beginning of a word
   */
  Plan plan(QueryText query, boolean typing) {
    List<String> units = query.units();
    List<List<Option>> options = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      options.add(own(units.get(i), typing && i == units.size() - 1));
    }
    for (int i = 0; i < units.size(); i++) {
      addCompounds(units, i, options);
      addSynonyms(units, i, options);
    }
    List<Group> groups = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      if (!options.get(i).isEmpty()) {
        groups.add(group(units.get(i), options.get(i)));
      }
    }
    return new Plan(
        needed(groups),
        pairs(options),
        query.phrases().stream().map(this::texts).filter(each -> !each.isEmpty()).toList(),
        query.excluded().stream().flatMap(each -> texts(each).stream()).toList());
  }

  /** If all words are such as "the", they are what is meant. */
  private static List<Group> needed(List<Group> groups) {
    return groups.stream().anyMatch(Group::required)
        ? groups
        : groups.stream()
            .map(group ->
                new Group(
                    group.unit(), group.options(), group.identifier(), true, false, group.known()))
            .toList();
  }

  private List<Option> own(String unit, boolean beginning) {
    return options(unit, 1, beginning);
  }

  private List<Option> texts(String text) {
    return options(text, 1, false);
  }

  private List<Option> options(String text, double weight, boolean beginning) {
    List<Option> options = new ArrayList<>();
    for (ShopLanguage language : view.languages()) {
      for (List<String> path : analysis.paths(language, text)) {
        options.add(new Option(language, path, weight, beginning));
      }
    }
    return options;
  }

  /** {@code lunchbag} finds "lunch bag", and {@code lunch bag} finds "lunchbag". */
  private void addCompounds(List<String> units, int at, List<List<Option>> options) {
    for (ShopLanguage language : view.languages()) {
      String surface = word(language, units.get(at));
      if (surface.isEmpty()) {
        continue;
      }
      for (int cut = PART_MIN; cut <= surface.length() - PART_MIN; cut++) {
        String left = surface.substring(0, cut);
        String right = surface.substring(cut);
        if (isWord(language, left) && isWord(language, right)) {
          add(options.get(at), language, left + " " + right);
        }
      }
      if (at + 1 < units.size()) {
        String next = word(language, units.get(at + 1));
        if (!next.isEmpty() && isWord(language, surface + next)) {
          add(options.get(at), language, surface + next);
          add(options.get(at + 1), language, surface + next);
        }
      }
    }
  }

  /** A unit as a single word of letters, empty if it is none. */
  private String word(ShopLanguage language, String unit) {
    List<String> surface = analysis.surface(language, unit);
    return surface.size() == 1 && surface.getFirst().chars().allMatch(Character::isLetter)
        ? surface.getFirst()
        : "";
  }

  private boolean isWord(ShopLanguage language, String surface) {
    return view.frequency(Text.SURFACE.in(language), surface) > 0;
  }

  private void add(List<Option> to, ShopLanguage language, String text) {
    for (List<String> path : analysis.paths(language, text)) {
      to.add(new Option(language, path, Plan.OTHER_WORD, false));
    }
  }

  private void addSynonyms(List<String> units, int at, List<List<Option>> options) {
    for (int length = 1;
        length <= Synonyms.TERM_WORDS_MAX && at + length <= units.size();
        length++) {
      List<String> term = units.subList(at, at + length);
      for (String synonym : synonyms.of(term)) {
        for (int i = at; i < at + length; i++) {
          options.get(i).addAll(options(synonym, Plan.OTHER_WORD, false));
        }
      }
    }
  }

  private Group group(String unit, List<Option> options) {
    int products = options.stream().mapToInt(this::frequency).max().orElse(0);
    boolean stop =
        view.languages().stream()
            .anyMatch(language -> StopWords.of(language).contains(word(language, unit)));
    return new Group(
        unit,
        options.stream().distinct().toList(),
        TextAnalysis.identifier(unit),
        !stop,
        products > COMMON_MIN && products > COMMON_SHARE * view.products(),
        products > 0 || options.stream().anyMatch(Option::beginning));
  }

  /** About how many products have all terms: as many as have the rarest of them, in one field. */
  private int frequency(Option option) {
    int least = Integer.MAX_VALUE;
    for (String term : option.terms()) {
      int most = 0;
      for (Text field : PlanQueries.FIELDS) {
        most = Math.max(most, view.frequency(field.in(option.language()), term));
      }
      least = Math.min(least, most);
    }
    return least;
  }

  private static List<Option> pairs(List<List<Option>> options) {
    List<Option> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < options.size(); i++) {
      for (Option left : options.get(i)) {
        for (Option right : options.get(i + 1)) {
          if (left.weight() == 1
              && right.weight() == 1
              && left.language() == right.language()
              && left.terms().size() == 1
              && right.terms().size() == 1
              && !right.beginning()) {
            pairs.add(
                new Option(
                    left.language(),
                    List.of(left.terms().getFirst(), right.terms().getFirst()),
                    1,
                    false));
          }
        }
      }
    }
    return pairs;
  }
}
