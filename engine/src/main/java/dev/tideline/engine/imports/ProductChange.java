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
 * The change of a product that a record describes.
 *
 * @param draft the product if it is new
 * @param missing fields that the record lacks; a stored product keeps its own. If {@code
 *     attributes} is missing, it keeps the attributes that the record does not name
 * @param cleared attributes that the record names without a value
 */
record ProductChange(ProductDraft draft, Set<String> missing, Set<String> cleared) {

  /** Fields that may be missing, as the contracts name them. */
  static final List<String> FIELDS = ProductColumn.changing();

  /** The fields that a record does not have. */
  static Set<String> missing(Predicate<String> has) {
    return FIELDS.stream().filter(has.negate()).collect(Collectors.toSet());
  }

  /** A change that sets all fields, so that the result does not depend on the stored product. */
  static ProductChange whole(ProductDraft draft) {
    return new ProductChange(draft, Set.of(), Set.of());
  }

  /** All problems of the change; empty if it can be stored. */
  List<FieldError> problems() {
    return draft.problems().stream()
        .filter(problem -> !(draft.title() == null && isMissingTitle(problem)))
        .toList();
  }

  private boolean isMissingTitle(FieldError problem) {
    return problem.field().equals("title") && missing.contains("title");
  }

  /** The attributes by name; cleared ones are null. */
  Map<String, @Nullable Object> attributes() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(draft.attributes());
    Set<String> none = new HashSet<>(cleared);
    none.removeAll(all.keySet());
    none.forEach(name -> all.put(name, null));
    return all;
  }
}
