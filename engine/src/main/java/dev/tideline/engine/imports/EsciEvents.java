package dev.tideline.engine.imports;

import dev.tideline.engine.events.Event;
import dev.tideline.engine.events.EventType;
import dev.tideline.engine.input.FieldError;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Maps the User Behavior Insights events of the ESCI sample that concern a product. */
final class EsciEvents implements RecordMapper<Event> {

  static final String SOURCE = "esci";

  @Override
  public Mapped<Event> map(SourceRecord record) {
    String action = record.text("action_name");
    Optional<EventType> type = type(action);
    if (type.isEmpty()) {
      return Mapped.rejected("other_action", action + " is nothing that happened to a product");
    }
    String product = record.text("event_attributes.object.object_id");
    String kind = record.text("event_attributes.object.object_id_field");
    if (product == null || (kind != null && !kind.equals("asin"))) {
      return Mapped.rejected("no_product", "the object is no product of the catalog");
    }
    String timestamp = record.text("timestamp");
    Optional<Instant> time =
        timestamp == null ? Optional.empty() : Texts.instant(timestamp, ZoneOffset.UTC);
    if (time.isEmpty()) {
      return Mapped.rejected("invalid_occurred_at", "no time: " + timestamp);
    }
    Event event =
        new Event(
            EventIds.of(SOURCE, record.identity(), 1),
            record.text("client_id"),
            record.text("session_id"),
            product,
            type.get(),
            null,
            null,
            Texts.clean(record.text("user_query")),
            SOURCE,
            time.get());
    List<FieldError> problems = event.problems();
    return problems.isEmpty() ? Mapped.row(event) : Mapped.invalid(problems);
  }

  private static Optional<EventType> type(@Nullable String action) {
    if (action == null) {
      return Optional.empty();
    }
    return switch (action) {
      case "click", "item_click", "global_click" -> Optional.of(EventType.CLICK);
      case "product_hover", "impression" -> Optional.of(EventType.VIEW);
      case "add_to_cart" -> Optional.of(EventType.ADD_TO_CART);
      case "purchase" -> Optional.of(EventType.PURCHASE);
      default -> Optional.empty();
    };
  }
}
