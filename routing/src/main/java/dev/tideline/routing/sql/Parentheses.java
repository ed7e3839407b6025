package dev.tideline.routing.sql;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The matching parentheses of a statement. */
final class Parentheses {

  private final int[] partners;

  private Parentheses(int[] partners) {
    this.partners = partners;
  }

  /** Empty if a parenthesis has no match. */
  static Optional<Parentheses> of(List<SqlToken> tokens) {
    int[] partners = new int[tokens.size()];
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).isSign("(")) {
        open.push(i);
      } else if (tokens.get(i).isSign(")")) {
        Integer partner = open.poll();
        if (partner == null) {
          return Optional.empty();
        }
        partners[i] = partner;
        partners[partner] = i;
      }
    }
    return open.isEmpty() ? Optional.of(new Parentheses(partners)) : Optional.empty();
  }

  /** The index of the matching parenthesis. */
  int partner(int index) {
    return partners[index];
  }
}
