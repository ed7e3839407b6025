package dev.tideline.engine.search;

import dev.tideline.engine.search.QueryPlan.Group;
import dev.tideline.engine.search.QueryPlan.Option;
import dev.tideline.engine.search.QueryPlan.Origin;
import dev.tideline.engine.search.QueryPlan.Pair;
import dev.tideline.engine.search.QueryPlan.Reading;
import dev.tideline.engine.words.Synonyms;
import dev.tideline.engine.words.Vocabulary;
import dev.tideline.engine.words.Vocabulary.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the plan of a query from the catalog's vocabulary and the shop's synonyms. */
final class QueryPlanner {

  /** A word that more of the catalog has does not make a product a match by itself. */
  static final double COMMON_SHARE = 0.2;

  /** Words that a product need not have to match all words: English ones without a meaning. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is", "it",
          "its", "my", "of", "on", "or", "our", "that", "the", "their", "this", "to", "was", "w",
          "with", "your");

  private static final int CORRECTIONS_MAX = 3;
  private static final int COMPLETIONS_MAX = 20;

  /** A word that the catalog has may still be an error if its correction is so much commoner. */
  private static final int COMMONER = 10;

  private final Vocabulary vocabulary;
  private final Synonyms synonyms;
  private final SearchFeatures features;

  QueryPlanner(Vocabulary vocabulary, Synonyms synonyms, SearchFeatures features) {
    this.vocabulary = vocabulary;
    this.synonyms = synonyms;
    this.features = features;
  }

  /**
   * Plans a query.
   *
   * @param prefix whether the last word may be the beginning of one
   */
  QueryPlan plan(ParsedQuery query, boolean prefix) {
    List<String> words = query.words();
    boolean allOptional = OPTIONAL.containsAll(words);
    List<Group> groups = new ArrayList<>();
    List<List<String>> corrections = new ArrayList<>();
    for (int at = 0; at < words.size(); ) {
      int length = spanAt(words, at);
      List<String> span = words.subList(at, at + length);
      at += length;
      boolean last = at == words.size();
      List<String> corrected =
          length > 1 || (prefix && last && completes(span.getFirst()))
              ? List.of()
              : corrections(span.getFirst());
      corrections.add(corrected.isEmpty() ? List.of(String.join(" ", span)) : corrected);
      groups.add(group(span, corrected, prefix && last, allOptional));
    }
    if (groups.stream().noneMatch(group -> !group.common() && known(group))) {
      groups.replaceAll(group -> new Group(group.options(), group.required(), false));
    }
    List<Reading> readings = readings(groups, corrections);
    return new QueryPlan(query, groups, readings, pairs(words));
  }

  /** How many words from a place on belong together: they have synonyms, or are torn apart. */
  private int spanAt(List<String> words, int at) {
    for (int length = Math.min(Synonyms.TERM_WORDS_MAX, words.size() - at); length > 1; length--) {
      String span = String.join(" ", words.subList(at, at + length));
      if (!synonymsOf(span).isEmpty() || (length == 2 && joined(span).isPresent())) {
        return length;
      }
    }
    return 1;
  }

  private List<String> synonymsOf(String term) {
    return features.synonyms() ? synonyms.of(term) : List.of();
  }

  /** One word for two, if the catalog has it and one of the two is hardly known. */
  private Optional<String> joined(String two) {
    int blank = two.indexOf(' ');
    String one = two.substring(0, blank) + two.substring(blank + 1);
    long known = vocabulary.products(one);
    return features.corrections()
            && known > 0
            && Math.min(
                    vocabulary.products(two.substring(0, blank)),
                    vocabulary.products(two.substring(blank + 1)))
                < known
        ? Optional.of(one)
        : Optional.empty();
  }

  private boolean completes(String beginning) {
    return vocabulary.knows(beginning) || !vocabulary.completions(beginning, 1).isEmpty();
  }

  /** What may have been meant by a word that is unknown, or hardly known. */
  private List<String> corrections(String word) {
    if (!features.corrections() || OPTIONAL.contains(word)) {
      return List.of();
    }
    int known = vocabulary.products(word);
    List<String> found =
        new ArrayList<>(
            vocabulary.corrections(word, CORRECTIONS_MAX).stream()
                .filter(each -> known == 0 || each.products() >= (long) COMMONER * known)
                .map(Word::text)
                .toList());
    if (known == 0) {
      vocabulary.split(word).ifPresent(found::add);
    }
    return found;
  }

  private Group group(
      List<String> span, List<String> corrections, boolean prefix, boolean allOptional) {
    List<Option> options = new ArrayList<>();
    options.add(prefix ? beginning(span) : all(span, Origin.TYPED));
    String term = String.join(" ", span);
    synonymsOf(term).forEach(synonym -> options.add(phrase(synonym, Origin.SYNONYM)));
    if (span.size() == 2) {
      joined(term).ifPresent(one -> options.add(phrase(one, Origin.TYPED)));
    }
    corrections.forEach(word -> options.add(phrase(word, Origin.CORRECTION)));
    return new Group(
        options,
        allOptional || span.size() > 1 || !OPTIONAL.contains(term),
        span.stream().allMatch(word -> vocabulary.share(word) > COMMON_SHARE));
  }

  /** Whether the catalog is known to have any of it. */
  private static boolean known(Group group) {
    return group.options().stream().anyMatch(Option::known);
  }

  private Option all(List<String> words, Origin origin) {
    return new Option(
        words.stream().map(QueryPlanner::quoted).collect(Collectors.joining(" & ")),
        origin,
        words.stream().mapToDouble(this::idf).sum(),
        words.size(),
        words.stream().allMatch(vocabulary::knows));
  }

  private Option phrase(String words, Origin origin) {
    List<String> each = List.of(words.split(" ", -1));
    return new Option(
        each.stream().map(QueryPlanner::quoted).collect(Collectors.joining(" <-> ")),
        origin,
        each.stream().mapToDouble(this::idf).sum(),
        each.size(),
        each.stream().allMatch(vocabulary::knows));
  }

  /** The word, the commonest ones that begin so, and any that begin so as they are stemmed. */
  private Option beginning(List<String> span) {
    String last = span.getLast();
    List<String> words = new ArrayList<>();
    words.add(quoted(last));
    vocabulary.completions(last, COMPLETIONS_MAX).forEach(word -> words.add(quoted(word.text())));
    words.add(quoted(last) + ":*");
    String any = String.join(" | ", words);
    String before =
        span.subList(0, span.size() - 1).stream()
            .map(word -> quoted(word) + " & ")
            .collect(Collectors.joining());
    return new Option(
        before + "(" + any + ")", Origin.TYPED, idf(last), words.size(), words.size() > 2);
  }

  /** Folded words have no marks, so nothing in them needs to be escaped. */
  static String quoted(String word) {
    return '\'' + word + '\'';
  }

  private double idf(String word) {
    return features.rarity() ? vocabulary.idf(word) : 1;
  }

  private List<Reading> readings(List<Group> groups, List<List<String>> corrections) {
    int places =
        groups.stream()
            .filter(Group::corrected)
            .mapToInt(group -> group.options().size() - group.asTyped().size())
            .max()
            .orElse(0);
    List<Reading> readings = new ArrayList<>();
    for (int place = 0; place < Math.min(places, CORRECTIONS_MAX); place++) {
      int wanted = place;
      List<String> read =
          corrections.stream()
              .map(each -> each.get(wanted < each.size() ? wanted : 0))
              .flatMap(words -> Stream.of(words.split(" ", -1)))
              .toList();
      readings.add(new Reading(read, place, pairs(read)));
    }
    return readings;
  }

  private List<Pair> pairs(List<String> words) {
    List<Pair> pairs = new ArrayList<>();
    if (!features.adjacency()) {
      return pairs;
    }
    for (int i = 1; i < words.size(); i++) {
      String left = words.get(i - 1);
      String right = words.get(i);
      if (!OPTIONAL.contains(left) && !OPTIONAL.contains(right)) {
        pairs.add(
            new Pair(quoted(left) + " <-> " + quoted(right), Math.min(idf(left), idf(right))));
      }
    }
    return pairs;
  }
}
