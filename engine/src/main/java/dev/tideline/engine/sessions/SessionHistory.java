package dev.tideline.engine.sessions;

import dev.tideline.cache.RedisConnection;
import dev.tideline.engine.events.Event;
import dev.tideline.engine.input.Identifiers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The products viewed in a session, in Redis, so that all instances can read them; deleted a day
 * after the last event. Thread-safe.
 */
public final class SessionHistory {

  public static final int ENTRIES_MAX = 50;
  public static final Duration LIFETIME = Duration.ofDays(1);

  private static final String KEY = "tideline:v1:session:";

  /** Type, milliseconds since 1970, product. */
  private static final Pattern FORM =
      Pattern.compile("([a-z_]{1,20}) (-?[0-9]{1,15}) (.{1,128})", Pattern.DOTALL);

  /** An event of a session. */
  public record Entry(String type, String productId, Instant occurredAt) {

    private String encode() {
      return type + " " + occurredAt.toEpochMilli() + " " + productId;
    }

    /** Parses an entry; empty if the text is invalid, because Redis may hold anything. */
    private static Optional<Entry> decode(String text) {
      Matcher matcher = FORM.matcher(text);
      return matcher.matches() && Identifiers.problem(matcher.group(3)).isEmpty()
          ? Optional.of(
              new Entry(
                  matcher.group(1),
                  matcher.group(3),
                  Instant.ofEpochMilli(Long.parseLong(matcher.group(2)))))
          : Optional.empty();
    }
  }

  private final RedisConnection redis;

  public SessionHistory(RedisConnection redis) {
    this.redis = redis;
  }

  /**
   * Adds events that have been stored. If Redis is unavailable, they are dropped without an error.
   */
  public void add(List<Event> events) {
    Map<String, List<String>> bySession =
        events.stream()
            .filter(event -> event.sessionId() != null && event.productId() != null)
            .collect(
                Collectors.groupingBy(
                    event -> KEY + event.sessionId(),
                    Collectors.mapping(SessionHistory::encode, Collectors.toList())));
    bySession.forEach((key, entries) ->
        redis.ask(commands -> {
          commands.lpush(key, entries.toArray(String[]::new));
          commands.ltrim(key, 0, ENTRIES_MAX - 1);
          return commands.expire(key, LIFETIME);
        }));
  }

  private static String encode(Event event) {
    String product = event.productId() == null ? "" : event.productId();
    return new Entry(event.type().label(), product, event.occurredAt()).encode();
  }

  /** A session's latest entries, newest first; empty if Redis is unavailable. */
  public Optional<List<Entry>> find(String sessionId) {
    return redis
        .ask(commands -> commands.lrange(KEY + sessionId, 0, ENTRIES_MAX - 1))
        .map(texts -> texts.stream().map(Entry::decode).flatMap(Optional::stream).toList());
  }

  /** Deletes sessions; returns whether Redis did so. */
  public boolean forget(List<String> sessionIds) {
    return sessionIds.isEmpty()
        || redis
            .ask(commands ->
                commands.del(sessionIds.stream().map(KEY::concat).toArray(String[]::new)))
            .isPresent();
  }
}
