package dev.tideline.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message to the other instances about a write. Each tag is a separate field, so that it may
 * contain any character.
 *
 * @param tags empty if there are too many, or one is too long: then only the log has them
 * @param age since the message was sent, 0 to a minute
 */
record Hint(Stamp at, List<String> tags, String reason, Duration age) {

  private static final String EPOCH = "epoch";
  private static final String POSITION = "position";
  private static final String REASON = "reason";
  private static final String TOLD = "told";
  private static final String TAG = "tag.";

  /** A transaction with more of them names {@link Tags#ALL} instead. */
  static final int TAGS_MAX = 1_000;

  static final int TAG_LENGTH_MAX = 2_000;
  private static final int NAME_LENGTH_MAX = 100;
  private static final long AGE_MILLIS_MAX = 60_000;

  /** The fields of a message that is sent now. */
  Map<String, String> fields(long nowMillis) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(EPOCH, at.epoch());
    fields.put(POSITION, Long.toString(at.position()));
    fields.put(REASON, reason);
    fields.put(TOLD, Long.toString(nowMillis));
    List<String> told = fit(tags) ? tags : List.of();
    for (int i = 0; i < told.size(); i++) {
      fields.put(TAG + i, told.get(i));
    }
    return fields;
  }

  /** Reads a message; empty if it is not understood: it may be anybody's. */
  static Optional<Hint> read(Map<String, String> fields, long nowMillis) {
    String epoch = name(fields.get(EPOCH));
    long position = number(fields.get(POSITION));
    if (epoch.isEmpty() || position <= 0) {
      return Optional.empty();
    }
    long told = number(fields.get(TOLD));
    long age = told <= 0 || told > nowMillis ? 0 : Math.min(AGE_MILLIS_MAX, nowMillis - told);
    return Optional.of(
        new Hint(
            new Stamp(epoch, position),
            tags(fields),
            name(fields.get(REASON)),
            Duration.ofMillis(age)));
  }

  private static List<String> tags(Map<String, String> fields) {
    List<String> tags = new ArrayList<>();
    String tag = fields.get(TAG + 0);
    while (tag != null && tags.size() <= TAGS_MAX) {
      tags.add(tag);
      tag = fields.get(TAG + tags.size());
    }
    return fit(tags) ? List.copyOf(tags) : List.of();
  }

  /** Patterns of keys are not taken from messages: they are searched for in all keys. */
  private static boolean fit(List<String> tags) {
    return tags.size() <= TAGS_MAX
        && tags.stream().allMatch(tag -> tag.length() <= TAG_LENGTH_MAX && !Tags.isOfKeys(tag));
  }

  private static String name(@Nullable String text) {
    return text == null || text.length() > NAME_LENGTH_MAX ? "" : text;
  }

  /** A number; 0 if there is none. */
  private static long number(@Nullable String text) {
    try {
      return text == null ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
