package dev.tideline.service.http;

import dev.tideline.engine.events.Event;
import dev.tideline.engine.events.EventReceipt;
import dev.tideline.engine.events.EventType;
import dev.tideline.engine.events.EventWriter;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.sessions.SessionHistory;
import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.metrics.EventMetrics;
import io.helidon.http.Method;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What shoppers did, and what a session remembers of it. */
final class EventEndpoints {

  static final int EVENTS_MAX = 1_000;

  private final EventWriter writer;
  private final SessionHistory sessions;
  private final TokenKeys tokens;
  private final EventMetrics metrics;
  private final Clock clock;

  EventEndpoints(
      EventWriter writer,
      SessionHistory sessions,
      TokenKeys tokens,
      EventMetrics metrics,
      Clock clock) {
    this.writer = writer;
    this.sessions = sessions;
    this.tokens = tokens;
    this.metrics = metrics;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/events", this::post),
        Route.admin(Method.GET, "/v1/sessions/{id}", this::session));
  }

  private Answer post(Call call) {
    List<JsonBodies.Element> elements = JsonBodies.many(call, EVENTS_MAX);
    Instant now = clock.instant();
    List<Event> events = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Views.Rejected> rejected = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      JsonNode node = elements.get(i).node();
      if (node == null) {
        rejected.add(new Views.Rejected(i, elements.get(i).malformed().stream().toList()));
        continue;
      }
      JsonFields fields = new JsonFields(node);
      Optional<Event> event = event(fields, now);
      if (event.isPresent()) {
        events.add(event.get());
        places.add(i);
      } else {
        rejected.add(new Views.Rejected(i, fields.errors()));
      }
    }
    EventReceipt receipt = events.isEmpty() ? EventReceipt.NONE : writer.write(events);
    for (int i = 0; i < events.size(); i++) {
      String state = receipt.refused().get(events.get(i).eventId());
      if (state != null) {
        rejected.add(new Views.Rejected(places.get(i), List.of(refused(state))));
      }
    }
    rejected.sort(Comparator.comparingInt(Views.Rejected::index));
    metrics.stored(receipt.accepted().size(), receipt.duplicates(), rejected.size());
    if (rejected.size() == elements.size()) {
      throw Rejections.allOf(rejected);
    }
    sessions.add(receipt.accepted());
    return Answer.json(
            202, new Views.Accepted(receipt.accepted().size(), receipt.duplicates(), rejected))
        .with(ConsistencyHeaders.TOKEN, tokens.sign(receipt.position()));
  }

  private static FieldError refused(String sqlState) {
    return new FieldError(
        "", "has a value that the database cannot hold (SQLSTATE " + sqlState + ")");
  }

  private static Optional<Event> event(JsonFields fields, Instant now) {
    String label = fields.text("type");
    Optional<EventType> type = label == null ? Optional.empty() : EventType.find(label);
    if (type.isEmpty()) {
      fields.add(
          List.of(new FieldError("type", "must be view, click, add_to_cart, purchase or search")));
    }
    Event event =
        new Event(
            fields.uuid("event_id").orElseGet(UUID::randomUUID),
            fields.text("user_id"),
            fields.text("session_id"),
            fields.text("product_id"),
            type.orElse(EventType.VIEW),
            fields.integer("quantity"),
            fields.decimal("value"),
            fields.text("query"),
            fields.text("source"),
            fields.instant("occurred_at").orElse(now));
    fields.add(event.problems());
    fields.add(event.timeProblems(now));
    return fields.errors().isEmpty() ? Optional.of(event) : Optional.empty();
  }

  private Answer session(Call call) {
    String id = call.pathParameter("id");
    Identifiers.problem(id)
        .ifPresent(problem -> {
          throw InvalidInputException.of("id", problem);
        });
    List<SessionHistory.Entry> entries =
        sessions
            .find(id)
            .orElseThrow(
                () -> new ProblemException(503, "Sessions are away with Redis; try again later."));
    if (entries.isEmpty()) {
      throw new ProblemException(404, "Nothing is known of this session.");
    }
    return Answer.ok(
        new Views.Session(
            id,
            entries.stream()
                .map(entry ->
                    new Views.SessionEntry(entry.type(), entry.productId(), entry.occurredAt()))
                .toList()));
  }
}
