package dev.tideline.engine.imports;

import dev.tideline.engine.catalog.ProductColumn;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.input.FieldError;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a record says of a product.
 *
 * @param draft the product as it is if it is new
 * @param missing fields that the record does not tell of: a product that is there keeps its own. Of
 *     {@code attributes}: it keeps those that the record does not name
 * @param cleared attributes that the record names and has no value for
 */
record ProductChange(ProductDraft draft, Set<String> missing, Set<String> cleared) {

  /** Fields that may be missing, as the contracts name them. */
  static final List<String> FIELDS = ProductColumn.changing();

  /** Those of a set of fields that a record does not have. */
  static Set<String> missing(Predicate<String> has) {
    return FIELDS.stream().filter(has.negate()).collect(Collectors.toSet());
  }

  /** A product of which all is known, so that it is the same whatever was there before. */
  static ProductChange whole(ProductDraft draft) {
    return new ProductChange(draft, Set.of(), Set.of());
  }

  /** All that is wrong with it; empty if it may be stored. */
  List<FieldError> problems() {
    return draft.problems().stream()
        .filter(problem -> !(draft.title() == null && isMissingTitle(problem)))
        .toList();
  }

  private boolean isMissingTitle(FieldError problem) {
    return problem.field().equals("title") && missing.contains("title");
  }

  /** The attributes by name, null for those that are cleared. */
  Map<String, @Nullable Object> attributes() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(draft.attributes());
    Set<String> none = new HashSet<>(cleared);
    none.removeAll(all.keySet());
    none.forEach(name -> all.put(name, null));
    return all;
  }
}
