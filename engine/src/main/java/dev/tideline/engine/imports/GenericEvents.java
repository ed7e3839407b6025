package dev.tideline.engine.imports;

import dev.tideline.engine.events.Event;
import dev.tideline.engine.events.EventType;
import dev.tideline.engine.input.FieldError;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Maps events in files of any shop, by field names. */
final class GenericEvents implements RecordMapper<Event> {

  static final Set<String> FIELDS =
      Set.of(
          "event_id",
          "user_id",
          "session_id",
          "product_id",
          "type",
          "quantity",
          "value",
          "query",
          "source",
          "occurred_at");

  private static final List<String> MEANT =
      List.of(
          "user_id", "session_id", "product_id", "type", "quantity", "value", "query", "source");

  /** The source in ids that are created here. */
  private static final String SOURCE = "file";

  private final FieldMapping mapping;
  private final ZoneId zone;

  /**
   * A mapper.
   *
   * @param zone the zone of times that name none
   */
  GenericEvents(FieldMapping mapping, ZoneId zone) {
    mapping.check(FIELDS, "");
    this.mapping = mapping;
    this.zone = zone;
  }

  @Override
  public Set<String> neededColumns() {
    return mapping.columnsOf("type", "occurred_at");
  }

  @Override
  public List<String> unusedColumns(List<String> columns) {
    return mapping.unused(columns, FIELDS, "");
  }

  @Override
  public Mapped<Event> map(SourceRecord record) {
    List<FieldError> errors = new ArrayList<>();
    Optional<EventType> type = parsed(record, "type", EventType::find, errors);
    Optional<Instant> time =
        parsed(record, "occurred_at", text -> Texts.instant(text, zone), errors);
    Optional<UUID> id = parsed(record, "event_id", GenericEvents::uuid, errors);
    require(type, "type", errors);
    require(time, "occurred_at", errors);
    @Nullable Integer quantity = parsed(record, "quantity", Texts::integer, errors).orElse(null);
    @Nullable BigDecimal value = parsed(record, "value", Texts::decimal, errors).orElse(null);
    if (!errors.isEmpty() || type.isEmpty() || time.isEmpty()) {
      return Mapped.invalid(errors);
    }
    Event event =
        new Event(
            id.orElseGet(() -> EventIds.of(SOURCE, identity(record), 1)),
            mapping.text(record, "user_id"),
            mapping.text(record, "session_id"),
            mapping.text(record, "product_id"),
            type.get(),
            quantity,
            value,
            Texts.clean(mapping.text(record, "query")),
            mapping.text(record, "source"),
            time.get());
    errors.addAll(event.problems());
    return errors.isEmpty() ? Mapped.row(event) : Mapped.invalid(errors);
  }

  /** The row and its event type, because the same row may also be imported as another type. */
  private String identity(SourceRecord record) {
    StringBuilder identity = new StringBuilder(record.identity());
    for (String field : MEANT) {
      String value = mapping.text(record, field);
      identity.append('\u0000').append(value == null ? "" : value);
    }
    return identity.toString();
  }

  private <T> Optional<T> parsed(
      SourceRecord record,
      String field,
      Function<String, Optional<T>> parser,
      List<FieldError> errors) {
    String text = mapping.text(record, field);
    if (text == null) {
      return Optional.empty();
    }
    Optional<T> value = parser.apply(text);
    if (value.isEmpty()) {
      errors.add(new FieldError(field, "cannot be read: " + text));
    }
    return value;
  }

  private static void require(Optional<?> value, String field, List<FieldError> errors) {
    if (value.isEmpty() && errors.stream().noneMatch(error -> error.field().equals(field))) {
      errors.add(new FieldError(field, "is missing"));
    }
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
