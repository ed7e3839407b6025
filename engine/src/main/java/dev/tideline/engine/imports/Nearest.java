package dev.tideline.engine.imports;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant. */
final class Nearest {

  private Nearest() {}

  /** The name with the fewest letters to change; among equals, the first in order. */
  static Optional<String> to(String name, Collection<String> names) {
    return names.stream()
        .sorted()
        .min(Comparator.comparingInt(one -> distance(folded(name), folded(one))));
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The Levenshtein distance: how many letters to insert, delete or replace. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
