package dev.tideline.engine.events;

import dev.tideline.engine.input.Decimals;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.Identifiers;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A shopper's action, as it is stored.
 *
 * @param eventId the same id again within 7 days is a duplicate
 * @param userId null only if the session is known
 * @param productId null only for a search
 * @param quantity pieces, 1 or more
 * @param value of the whole line, in the product's currency
 */
public record Event(
    UUID eventId,
    @Nullable String userId,
    @Nullable String sessionId,
    @Nullable String productId,
    EventType type,
    @Nullable Integer quantity,
    @Nullable BigDecimal value,
    @Nullable String query,
    @Nullable String source,
    Instant occurredAt) {

  public static final int QUERY_MAX = 500;
  public static final int SOURCE_MAX = 100;
  public static final int QUANTITY_MAX = 1_000_000;
  public static final BigDecimal VALUE_MAX = new BigDecimal("999999999999.99");

  /** How far a client's clock may be ahead. */
  public static final Duration FUTURE_MAX = Duration.ofMinutes(5);

  /** How late an event may be sent; older events must be imported. */
  public static final Duration PAST_MAX = Duration.ofDays(31);

  /** Converts the value to a scale that can be stored. */
  public Event {
    value = value == null ? null : Decimals.bounded(value).orElse(value);
  }

  /** All problems of the event except those of its time; empty if it can be stored. */
  public List<FieldError> problems() {
    List<FieldError> problems = new ArrayList<>();
    identifier(problems, "user_id", userId);
    identifier(problems, "session_id", sessionId);
    identifier(problems, "product_id", productId);
    if (userId == null && sessionId == null) {
      problems.add(new FieldError("user_id", "is needed, or session_id"));
    }
    if (productId == null && type != EventType.SEARCH) {
      problems.add(new FieldError("product_id", "is needed"));
    }
    if (quantity != null && (quantity < 1 || quantity > QUANTITY_MAX)) {
      problems.add(new FieldError("quantity", "must be 1 to " + QUANTITY_MAX));
    }
    if (value != null && (value.signum() < 0 || value.compareTo(VALUE_MAX) > 0)) {
      problems.add(new FieldError("value", "must be 0 to " + VALUE_MAX));
    } else if (value != null && Decimals.bounded(value).isEmpty()) {
      problems.add(new FieldError("value", Decimals.RULE));
    }
    text(problems, "query", query, QUERY_MAX);
    text(problems, "source", source, SOURCE_MAX);
    return problems;
  }

  /** The problems of the event's time if the event is sent now. */
  public List<FieldError> timeProblems(Instant now) {
    if (occurredAt.isAfter(now.plus(FUTURE_MAX))) {
      return List.of(new FieldError("occurred_at", "is more than 5 minutes in the future"));
    }
    return occurredAt.isBefore(now.minus(PAST_MAX))
        ? List.of(new FieldError("occurred_at", "is more than 31 days ago; import older events"))
        : List.of();
  }

  private static void identifier(List<FieldError> problems, String field, @Nullable String id) {
    if (id != null) {
      Identifiers.problem(id).ifPresent(text -> problems.add(new FieldError(field, text)));
    }
  }

  private static void text(
      List<FieldError> problems, String field, @Nullable String text, int max) {
    if (text != null && text.length() > max) {
      problems.add(new FieldError(field, "must be at most " + max + " characters"));
    } else if (text != null && Identifiers.hasControlCharacter(text)) {
      problems.add(new FieldError(field, "must not contain control characters"));
    }
  }
}
