package dev.tideline.engine.imports;

import dev.tideline.engine.imports.SourceRecord.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A file of JSON lines: each object is a record. Not thread-safe. */
final class JsonLines {

  /** Numbers stay as they are written. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final Layout LAYOUT = new Layout(ImportFormat.JSONL, "");

  private final String file;
  private final RowBuffer buffer;

  JsonLines(Path path, InputStream in) {
    file = path.toString();
    buffer = new RowBuffer(in);
  }

  void read(Consumer<SourceRecord> sink) throws IOException {
    for (long number = 1; buffer.at(0) != RowBuffer.END; number++) {
      int end = buffer.lineEnd(0);
      String line = buffer.text(0, end);
      if (buffer.at(end) == RowBuffer.TOO_LONG) {
        sink.accept(damaged(number, line, "longer than 4 MiB; only its beginning is kept"));
        buffer.dropLine();
      } else {
        if (!line.isBlank()) {
          String raw = RejectMark.remove(line);
          sink.accept(record(number, raw, raw.length() < line.length()));
        }
        buffer.advance(end);
      }
    }
  }

  private SourceRecord record(long number, String raw, boolean marked) {
    String line = RawText.decode(raw).orElse(null);
    if (line == null) {
      return damaged(number, raw, "not UTF-8");
    }
    Set<String> columns = new HashSet<>();
    Map<String, String> fields = new HashMap<>();
    String damage = read(line, columns, fields);
    return damage == null
        ? new SourceRecord(file, LAYOUT, number, columns, fields, line, raw, marked, null)
        : damaged(number, raw, damage);
  }

  private SourceRecord damaged(long number, String raw, String why) {
    return new SourceRecord(file, LAYOUT, number, Set.of(), Map.of(), "", raw, false, why);
  }

  private static @Nullable String read(
      String line, Set<String> columns, Map<String, String> fields) {
    if (line.indexOf('\0') >= 0) {
      return "holds a NUL character";
    }
    try {
      JsonNode node = JSON.readTree(line);
      if (!node.isObject()) {
        return "not a JSON object";
      }
      flatten("", node, columns, fields);
    } catch (JacksonException e) {
      return "not valid JSON";
    }
    return isText(fields.values()) && isText(columns)
        ? null
        : "holds a NUL character or half of a character";
  }

  private static boolean isText(Iterable<String> texts) {
    for (String text : texts) {
      boolean bad =
          text.codePoints()
              .anyMatch(
                  c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
      if (bad) {
        return false;
      }
    }
    return true;
  }

  /** Names nested fields by their path, {@code event_attributes.object.object_id}. */
  private static void flatten(
      String path, JsonNode node, Set<String> columns, Map<String, String> fields) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      JsonNode value = entry.getValue();
      if (value.isObject()) {
        flatten(name, value, columns, fields);
      } else {
        columns.add(name);
        if (!value.isNull()) {
          fields.put(name, value.isString() ? value.stringValue() : value.toString());
        }
      }
    }
  }
}
