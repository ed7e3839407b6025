package dev.tideline.engine.imports;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * The mark that a reject file appends to a row: its origin, and why it was rejected. In CSV and TSV
 * it is four more columns; in JSON lines it is one more member of the object, or a separate object
 * after a line that is not an object. An import ignores marks, so that a reject file can be
 * imported unchanged. Rows are {@link RawText}.
 *
 * @param reason a word by which rejects are counted
 */
record RejectMark(String file, long line, String reason, String message) {

  /** The reason of a row that could not be read. */
  static final String DAMAGED = "damaged";

  /** The last columns of a reject file's header. */
  static final List<String> COLUMNS =
      List.of("rejected_file", "rejected_line", "rejected_reason", "rejected_message");

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String JSON_TEXT = "\"(?:[^\"\\\\]|\\\\.)*+\"";
  private static final String JSON_MARK =
      "\"rejected\":\\{\"file\":%s,\"line\":\\d+,\"reason\":\"[a-z_]+\",\"message\":%s\\}\\}$"
          .replace("%s", JSON_TEXT);
  private static final Pattern JSON_BEHIND = Pattern.compile(" \\{" + JSON_MARK);
  private static final Pattern JSON_WITHIN = Pattern.compile(",?" + JSON_MARK);

  private static final Pattern CSV_MARK = delimitedPattern(",");
  private static final Pattern TSV_MARK = delimitedPattern("\t");

  private static Pattern delimitedPattern(String separator) {
    String text = separator + "\"(?:[^\"]|\"\")*+\"";
    return Pattern.compile(text + separator + "\"\\d+\"" + separator + "\"[a-z_]+\"" + text + "$");
  }

  /** A row of CSV or TSV with this mark. */
  String addTo(String row, char separator) {
    String parts =
        String.join(
            String.valueOf(separator),
            quoted(file),
            quoted(Long.toString(line)),
            quoted(reason),
            quoted(message));
    return row + separator + RawText.encode(parts);
  }

  private static String quoted(String text) {
    return '"' + text.replaceAll("[\r\n]+", " ").replace("\"", "\"\"") + '"';
  }

  /** A line of JSON with this mark. */
  String addTo(String line) {
    String mark =
        RawText.encode(
            "\"rejected\":{\"file\":%s,\"line\":%d,\"reason\":\"%s\",\"message\":%s}}"
                .formatted(
                    JSON.writeValueAsString(file),
                    this.line,
                    reason,
                    JSON.writeValueAsString(message)));
    int end = line.lastIndexOf('}');
    if (reason.equals(DAMAGED) || end < 0) {
      return line + " {" + mark;
    }
    String open = line.substring(0, end).stripTrailing();
    return open + (open.endsWith("{") ? "" : ",") + mark;
  }

  /** A row of CSV or TSV without its mark, if it has one. */
  static String remove(String row, char separator) {
    Matcher mark = (separator == ',' ? CSV_MARK : TSV_MARK).matcher(row);
    return mark.find() ? row.substring(0, mark.start()) : row;
  }

  /** A line of JSON without its mark, if it has one. */
  static String remove(String line) {
    String without = JSON_BEHIND.matcher(line).replaceFirst("");
    return without.length() < line.length() ? without : JSON_WITHIN.matcher(line).replaceFirst("}");
  }
}
