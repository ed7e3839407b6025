package dev.tideline.engine.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.input.FieldError;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class EventTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static Event event(
      String user, String session, String product, EventType type, Integer quantity, Instant time) {
    return new Event(
        UUID.randomUUID(), user, session, product, type, quantity, null, null, null, time);
  }

  private static List<String> fields(List<FieldError> errors) {
    return errors.stream().map(FieldError::field).toList();
  }

  @Test
  void problems_viewByAUser_none() {
    assertThat(event("u", null, "p", EventType.VIEW, null, NOW).problems()).isEmpty();
  }

  @Test
  void problems_searchNeedsNoProduct_viewDoes() {
    assertThat(event("u", null, null, EventType.SEARCH, null, NOW).problems()).isEmpty();
    assertThat(fields(event("u", null, null, EventType.VIEW, null, NOW).problems()))
        .containsExactly("product_id");
  }

  @Test
  void problems_nobody_isTold() {
    assertThat(fields(event(null, null, "p", EventType.VIEW, null, NOW).problems()))
        .containsExactly("user_id");
  }

  @Test
  void problems_quantityAndValueOutOfRange_areTold() {
    Event event =
        new Event(
            UUID.randomUUID(),
            "u",
            null,
            "p",
            EventType.PURCHASE,
            0,
            new BigDecimal("-1"),
            "q\0",
            "s".repeat(101),
            NOW);
    assertThat(fields(event.problems()))
        .containsExactlyInAnyOrder("quantity", "value", "query", "source");
  }

  @Test
  void timeProblems_futureAndLongAgo_areTold() {
    assertThat(event("u", null, "p", EventType.VIEW, null, NOW).timeProblems(NOW)).isEmpty();
    Instant ahead = NOW.plus(Event.FUTURE_MAX).plusSeconds(1);
    Instant behind = NOW.minus(Event.PAST_MAX).minusSeconds(1);
    assertThat(event("u", null, "p", EventType.VIEW, null, ahead).timeProblems(NOW)).hasSize(1);
    assertThat(event("u", null, "p", EventType.VIEW, null, behind).timeProblems(NOW)).hasSize(1);
    assertThat(
            event("u", null, "p", EventType.VIEW, null, NOW.minus(Duration.ofDays(30)))
                .timeProblems(NOW))
        .isEmpty();
  }
}
