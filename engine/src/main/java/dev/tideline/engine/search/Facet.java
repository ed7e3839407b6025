package dev.tideline.engine.search;

import dev.tideline.engine.input.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * A field whose values are counted. A category counts for those above it too.
 *
 * @param name as users name it: {@code brand}, {@code category}, {@code in_stock}, or {@code
 *     attributes.NAME}
 */
public record Facet(String name) {

  public static final int FACETS_MAX = 10;
  public static final int VALUES_MAX = 20;

  /** What the names of attributes follow. */
  public static final String ATTRIBUTE = "attributes.";

  /** A value and how many products have it. */
  public record Count(String value, long count) {}

  /** A field of this name. */
  public Facet {
    boolean known =
        switch (name) {
          case "brand", "category", "in_stock" -> true;
          default -> name.startsWith(ATTRIBUTE) && name.length() > ATTRIBUTE.length();
        };
    if (!known) {
      throw InvalidInputException.of(
          "facets", "are brand, category, in_stock or attributes.NAME, not " + name);
    }
  }

  /**
   * Reads a list with commas.
   *
   * @throws InvalidInputException if one is unknown, or there are too many
   */
  public static List<Facet> parse(String list) {
    List<Facet> facets = new ArrayList<>();
    for (String name : list.split(",", -1)) {
      Facet facet = new Facet(name.strip());
      if (!facets.contains(facet)) {
        facets.add(facet);
      }
    }
    if (facets.size() > FACETS_MAX) {
      throw InvalidInputException.of("facets", "may be at most " + FACETS_MAX);
    }
    return facets;
  }

  /** Whether an attribute is counted. */
  public boolean isAttribute() {
    return name.startsWith(ATTRIBUTE);
  }

  /** The attribute's name. */
  public String attribute() {
    return name.substring(ATTRIBUTE.length());
  }
}
