package dev.tideline.engine.words;

import dev.tideline.engine.words.Vocabulary.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds words near a mistyped one: those that share trigrams with it, then by the distance of
 * Damerau and Levenshtein (adjacent letters swapped count as one edit), then by how common they
 * are. Words with digits are not corrected, nor corrected to. Immutable.
 */
public final class SpellingIndex {

  private static final int ONE_EDIT_FROM = 4;
  private static final int TWO_EDITS_FROM = 8;

  /** Letters beyond it are not compared: nobody misspells such words by accident. */
  private static final int LENGTH_MAX = 32;

  /** What an edit costs, in powers of e of how common the word is. */
  private static final double EDIT_COST = 4.0;

  /** Another first letter is a rarer mistake than others. */
  private static final double FIRST_LETTER_COST = 1.5;

  private static final int[] NONE = {};

  private record Scored(Word word, double score) {}

  private final Word[] words;
  private final Map<Long, int[]> byTrigram;

  SpellingIndex(Word[] words) {
    this.words = words;
    Map<Long, int[]> lists = new HashMap<>();
    Map<Long, Integer> lengths = new HashMap<>();
    for (int i = 0; i < words.length; i++) {
      String text = words[i].text();
      if (text.length() >= ONE_EDIT_FROM - 1 && isLetters(text)) {
        for (long trigram : trigrams(text)) {
          int length = lengths.merge(trigram, 1, Integer::sum);
          int[] list = lists.getOrDefault(trigram, new int[4]);
          if (length > list.length) {
            list = Arrays.copyOf(list, list.length * 2);
          }
          list[length - 1] = i;
          lists.put(trigram, list);
        }
      }
    }
    lists.replaceAll((trigram, list) -> Arrays.copyOf(list, lengths.getOrDefault(trigram, 0)));
    this.byTrigram = lists;
  }

  /** How many edits a word of so many letters may be away. */
  static int editsMax(int length) {
    return length < ONE_EDIT_FROM ? 0 : length < TWO_EDITS_FROM ? 1 : 2;
  }

  List<Word> corrections(String typed, int limit) {
    int edits = editsMax(typed.length());
    if (edits == 0 || typed.length() > LENGTH_MAX || !isLetters(typed)) {
      return List.of();
    }
    byte[] shared = new byte[words.length];
    for (long trigram : trigrams(typed)) {
      for (int i : byTrigram.getOrDefault(trigram, NONE)) {
        shared[i]++;
      }
    }
    // of as many trigrams as letters an edit breaks three at most, a swap four
    int needed = Math.max(1, typed.length() - 4 * edits);
    List<Scored> found = new ArrayList<>();
    for (int i = 0; i < shared.length; i++) {
      Word word = words[i];
      if (shared[i] >= needed
          && Math.abs(word.text().length() - typed.length()) <= edits
          && !word.text().equals(typed)) {
        int distance = distance(typed, word.text(), edits);
        if (distance <= edits) {
          found.add(new Scored(word, score(typed, word, distance)));
        }
      }
    }
    found.sort(
        Comparator.comparingDouble(Scored::score)
            .reversed()
            .thenComparing(scored -> scored.word().text()));
    return found.stream().limit(limit).map(Scored::word).toList();
  }

  private static double score(String typed, Word word, int distance) {
    double cost = distance * EDIT_COST;
    if (typed.charAt(0) != word.text().charAt(0)) {
      cost += FIRST_LETTER_COST;
    }
    return Math.log(word.products()) - cost;
  }

  private static boolean isLetters(String text) {
    return text.chars().allMatch(Character::isLetter);
  }

  /** Of the text with a blank before and behind. */
  private static long[] trigrams(String text) {
    String padded = ' ' + text + ' ';
    long[] trigrams = new long[padded.length() - 2];
    for (int i = 0; i < trigrams.length; i++) {
      trigrams[i] =
          (long) padded.charAt(i) << 32 | (long) padded.charAt(i + 1) << 16 | padded.charAt(i + 2);
    }
    return Arrays.stream(trigrams).distinct().toArray();
  }

  /**
   * Edits from one to the other, a swap of neighbours being one ("optimal string alignment"); more
   * than the bound if there are more.
   */
  public static int distance(String a, String b, int bound) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    Arrays.setAll(last, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      int least = i;
      for (int j = 1; j <= b.length(); j++) {
        int edits = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        edits = Math.min(edits, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          edits = Math.min(edits, before[j - 2] + 1);
        }
        row[j] = edits;
        least = Math.min(least, edits);
      }
      if (least > bound) {
        return bound + 1;
      }
      int[] free = before;
      before = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
