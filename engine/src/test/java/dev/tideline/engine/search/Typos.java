package dev.tideline.engine.search;

import java.util.Random;

/** Makes one typing error in a word: a letter left out, doubled in, replaced, or two swapped. */
final class Typos {

  private final Random random;

  Typos(long seed) {
    this.random = new Random(seed);
  }

  String in(String word) {
    String wrong;
    do {
      StringBuilder letters = new StringBuilder(word);
      int at = random.nextInt(word.length());
      char other = (char) ('a' + random.nextInt(26));
      switch (random.nextInt(4)) {
        case 0 -> letters.deleteCharAt(at);
        case 1 -> letters.insert(at, other);
        case 2 -> letters.setCharAt(at, other);
        default -> {
          int left = Math.min(at, word.length() - 2);
          letters.setCharAt(left, word.charAt(left + 1));
          letters.setCharAt(left + 1, word.charAt(left));
        }
      }
      wrong = letters.toString();
    } while (wrong.equals(word));
    return wrong;
  }
}
