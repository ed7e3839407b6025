package dev.tideline.engine.preferences;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.database.StoredJson;
import dev.tideline.routing.Written;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.token.Position;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Users and their preferences in PostgreSQL. Thread-safe. */
public final class UserStore {

  private static final JsonMapper JSON = StoredJson.MAPPER;

  /** How many of a user's latest sessions are deleted with the user; older ones expire. */
  private static final int SESSIONS_MAX = 1_000;

  /** Gives each event a new, unique session, so that no two events can be linked any more. */
  private static final String ANONYMIZE =
      """
      UPDATE events SET user_id = NULL, session_id = 'anonymous-' || gen_random_uuid(), query = NULL
      WHERE user_id = :user
      """;

  private static final String FORGET_ACTOR =
      """
      DELETE FROM <table>
      WHERE actor = 'u:' || :user
        OR actor IN (SELECT 's:' || session_id FROM events WHERE user_id = :user AND session_id IS NOT NULL)
      """;

  /** The tables that are keyed by actor. */
  private static final List<String> ACTOR_TABLES = List.of("interactions", "query_actors");

  private final ShopDatabase database;

  public UserStore(ShopDatabase database) {
    this.database = database;
  }

  /** A user's preferences; none if nothing is known. */
  public Preferences preferences(String userId, ReadContext reads) {
    return database.read(
        "preferences",
        reads,
        handle ->
            handle
                .createQuery("SELECT preferences FROM user_preferences WHERE user_id = :user")
                .bind("user", userId)
                .mapTo(String.class)
                .findOne()
                .map(UserStore::read)
                .orElse(Preferences.NONE));
  }

  /** Stores preferences in place of earlier ones; creates the user if necessary. */
  public Position put(String userId, Preferences preferences) {
    return database
        .writeForPosition(
            "preferences_put",
            handle -> {
              handle
                  .createUpdate("INSERT INTO users (id) VALUES (:user) ON CONFLICT DO NOTHING")
                  .bind("user", userId)
                  .execute();
              return handle
                  .createUpdate(
                      """
                      INSERT INTO user_preferences (user_id, preferences) VALUES (:user, CAST(:preferences AS jsonb))
                      ON CONFLICT (user_id) DO UPDATE SET preferences = excluded.preferences, updated_at = now()
                      """)
                  .bind("user", userId)
                  .bind("preferences", write(preferences))
                  .execute();
            })
        .position();
  }

  /** The sessions of a user's events, the latest first. */
  public List<String> sessions(String userId) {
    return database.read(
        "user_sessions",
        ReadContext.strong(),
        handle ->
            handle
                .createQuery(
                    """
                    SELECT session_id FROM events WHERE user_id = :user AND session_id IS NOT NULL
                    GROUP BY session_id ORDER BY max(occurred_at) DESC LIMIT :max
                    """)
                .bind("user", userId)
                .bind("max", SESSIONS_MAX)
                .mapTo(String.class)
                .list());
  }

  /**
   * Removes a user and their preferences and anonymizes their events, in one transaction; returns
   * the number of events.
   */
  public Written<Integer> forget(String userId) {
    return database.writeForPosition(
        "user_forget",
        handle -> {
          ACTOR_TABLES.forEach(table ->
              handle
                  .createUpdate(FORGET_ACTOR)
                  .define("table", table)
                  .bind("user", userId)
                  .execute());
          handle.createUpdate("DELETE FROM users WHERE id = :user").bind("user", userId).execute();
          return handle.createUpdate(ANONYMIZE).bind("user", userId).execute();
        });
  }

  private static String write(Preferences preferences) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("categories", preferences.categories());
    fields.put("brands", preferences.brands());
    if (preferences.minPrice() != null) {
      fields.put("min_price", preferences.minPrice());
    }
    if (preferences.maxPrice() != null) {
      fields.put("max_price", preferences.maxPrice());
    }
    return JSON.writeValueAsString(fields);
  }

  private static Preferences read(String json) {
    JsonNode node = JSON.readTree(json);
    return new Preferences(
        texts(node.path("categories")),
        texts(node.path("brands")),
        decimal(node.path("min_price")),
        decimal(node.path("max_price")));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asString()));
    return texts;
  }

  private static @Nullable BigDecimal decimal(JsonNode node) {
    return node.isNumber() ? node.decimalValue() : null;
  }
}
