package dev.tideline.engine.words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The catalog's own words as of some time: how rare each is, which begin with what was typed, and
 * which may have been meant. Immutable.
 */
public final class Vocabulary {

  /**
   * A word as it is written.
   *
   * @param lexeme what it is stemmed to
   * @param products how many have the word
   * @param lexemeProducts how many have a word that is stemmed the same
   */
  public record Word(String text, String lexeme, int products, int lexemeProducts) {}

  /** A catalog of which nothing is known yet. */
  static final Vocabulary EMPTY = new Vocabulary(0, 1, 10, List.of());

  /** As if titles were so long that none is longer than others. */
  public static final double UNCOUNTED_TITLE = 1e9;

  private static final Comparator<Word> COMMONEST =
      Comparator.comparingInt(Word::products).reversed().thenComparing(Word::text);

  private final long version;
  private final long products;
  private final double titleWords;
  private final Word[] sorted;
  private final Map<String, Word> byText;
  private final SpellingIndex spelling;

  /**
   * A vocabulary.
   *
   * @param version which it is; another has another
   * @param products how many there are in the catalog
   * @param titleWords how many words a title has, on average
   */
  public Vocabulary(long version, long products, double titleWords, List<Word> words) {
    this.version = version;
    this.products = Math.max(1, products);
    this.titleWords = titleWords;
    this.sorted = words.toArray(Word[]::new);
    Arrays.sort(sorted, Comparator.comparing(Word::text));
    this.byText = HashMap.newHashMap(sorted.length);
    for (Word word : sorted) {
      byText.put(word.text(), word);
    }
    this.spelling = new SpellingIndex(sorted);
  }

  long version() {
    return version;
  }

  public double titleWords() {
    return titleWords;
  }

  int size() {
    return sorted.length;
  }

  Optional<Word> find(String text) {
    return Optional.ofNullable(byText.get(text));
  }

  public boolean knows(String text) {
    return byText.containsKey(text);
  }

  /** What a text is stemmed to, as far as is known; else the text. */
  public String lexeme(String text) {
    Word word = byText.get(text);
    return word == null ? text : word.lexeme();
  }

  /** How many products have the word, or one that is stemmed the same. */
  public int products(String text) {
    @Nullable Word word = byText.get(text);
    return word == null ? 0 : word.lexemeProducts();
  }

  /** The share of the catalog's products that have the word, 0 to 1. */
  public double share(String text) {
    return Math.min(1.0, (double) products(text) / products);
  }

  /**
   * Inverse document frequency, as BM25 (Robertson and Zaragoza, 2009) has it with Lucene's
   * addition of 1, so that it is never negative.
   */
  public double idf(String text) {
    double found = Math.min(products, products(text));
    return Math.log(1 + (products - found + 0.5) / (found + 0.5));
  }

  /** The commonest words that begin so, the commonest first; not the beginning itself. */
  public List<Word> completions(String beginning, int limit) {
    int from =
        Arrays.binarySearch(
            sorted, new Word(beginning, "", 0, 0), Comparator.comparing(Word::text));
    List<Word> found = new ArrayList<>();
    for (int i = from < 0 ? -from - 1 : from + 1;
        i < sorted.length && sorted[i].text().startsWith(beginning);
        i++) {
      found.add(sorted[i]);
    }
    found.sort(COMMONEST);
    return found.subList(0, Math.min(limit, found.size()));
  }

  /** Words that may have been meant by one that was mistyped, the likeliest first. */
  public List<Word> corrections(String typed, int limit) {
    return spelling.corrections(typed, limit);
  }

  /** Words whose beginning is an edit away from a mistyped one, the commonest first. */
  List<Word> completionsNear(String beginning) {
    if (SpellingIndex.editsMax(beginning.length()) == 0) {
      return List.of();
    }
    List<Word> found = new ArrayList<>(corrections(beginning, 1));
    for (Word word : completions(beginning.substring(0, 1), sorted.length)) {
      String text = word.text();
      if (text.length() > beginning.length()
          && SpellingIndex.distance(beginning, text.substring(0, beginning.length()), 1) <= 1) {
        found.add(word);
        break; // they come by how common they are
      }
    }
    found.sort(COMMONEST);
    return found;
  }

  /** Two words that were written as one: {@code lunchbag}. */
  public Optional<String> split(String typed) {
    Optional<String> best = Optional.empty();
    long most = 0;
    for (int at = 2; at <= typed.length() - 2; at++) {
      Word left = byText.get(typed.substring(0, at));
      Word right = byText.get(typed.substring(at));
      if (left != null && right != null) {
        long likely = (long) left.products() * right.products();
        if (likely > most && Math.min(left.text().length(), right.text().length()) > 2) {
          most = likely;
          best = Optional.of(left.text() + ' ' + right.text());
        }
      }
    }
    return best;
  }
}
