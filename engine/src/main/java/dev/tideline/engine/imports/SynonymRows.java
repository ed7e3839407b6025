package dev.tideline.engine.imports;

import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.words.Synonyms;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Maps synonyms in files: a term, its synonym, and whether the rule applies in both directions. */
final class SynonymRows implements RecordMapper<Synonyms.Rule> {

  private static final Set<String> FIELDS = Set.of("term", "synonym", "two_way");
  private static final int LENGTH_MAX = 100;

  private final FieldMapping mapping;
  private final Set<Synonyms.Rule> seen = new HashSet<>();

  SynonymRows(FieldMapping mapping) {
    mapping.check(FIELDS, "");
    this.mapping = mapping;
  }

  @Override
  public Set<String> neededColumns() {
    return mapping.columnsOf("term", "synonym");
  }

  @Override
  public List<String> unusedColumns(List<String> columns) {
    return mapping.unused(columns, FIELDS, "");
  }

  @Override
  public Mapped<Synonyms.Rule> map(SourceRecord record) {
    List<FieldError> errors = new ArrayList<>();
    String term = text(record, "term", errors);
    String synonym = text(record, "synonym", errors);
    String twoWay = mapping.text(record, "two_way");
    Optional<Boolean> both = twoWay == null ? Optional.of(true) : Texts.bool(twoWay);
    if (both.isEmpty()) {
      errors.add(new FieldError("two_way", "must be true or false, not " + twoWay));
    }
    if (errors.isEmpty() && term.equalsIgnoreCase(synonym)) {
      errors.add(new FieldError("synonym", "is the term itself"));
    }
    if (!errors.isEmpty()) {
      return Mapped.invalid(errors);
    }
    if (seen.size() >= Synonyms.RULES_MAX) {
      return Mapped.rejected("too_many", "there may be at most " + Synonyms.RULES_MAX);
    }
    Synonyms.Rule rule = new Synonyms.Rule(term, synonym, both.orElse(true));
    return seen.add(rule)
        ? Mapped.row(rule)
        : Mapped.rejected("repeat", "an earlier row is the same");
  }

  private String text(SourceRecord record, String field, List<FieldError> errors) {
    String text = Texts.clean(mapping.text(record, field));
    if (text == null || text.length() > LENGTH_MAX || !Synonyms.hasWords(text)) {
      errors.add(
          new FieldError(
              field, "must have 1 to 4 words of together " + LENGTH_MAX + " characters"));
      return "";
    }
    return text;
  }
}
