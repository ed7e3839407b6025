package dev.tideline.engine.imports;

import dev.tideline.engine.events.Event;
import dev.tideline.engine.events.EventType;
import dev.tideline.engine.input.FieldError;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Set;

/** Maps Online Retail's sales to purchases; the invoice is the session. */
final class OnlineRetailEvents implements RecordMapper<Event> {

  static final String SOURCE = "online-retail";

  @Override
  public Set<String> neededColumns() {
    return OnlineRetailRow.COLUMNS;
  }

  @Override
  public Mapped<Event> map(SourceRecord record) {
    return switch (OnlineRetailRow.of(record)) {
      case Mapped.Rejected<OnlineRetailRow>(String reason, String message) ->
          Mapped.rejected(reason, message);
      case Mapped.Gathered<OnlineRetailRow>() -> throw new IllegalStateException();
      case Mapped.Row<OnlineRetailRow>(OnlineRetailRow row, var ignored) -> event(record, row);
    };
  }

  private static Mapped<Event> event(SourceRecord record, OnlineRetailRow row) {
    Event event =
        new Event(
            EventIds.of(SOURCE, record.identity(), 1),
            row.customer(),
            row.invoice(),
            row.product(),
            EventType.PURCHASE,
            row.quantity(),
            row.price()
                .multiply(BigDecimal.valueOf(row.quantity()))
                .setScale(2, RoundingMode.HALF_UP),
            null,
            SOURCE,
            row.soldAt());
    List<FieldError> problems = event.problems();
    return problems.isEmpty() ? Mapped.row(event) : Mapped.invalid(problems);
  }
}
