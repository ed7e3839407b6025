package dev.tideline.engine.imports;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits CSV or TSV into rows (RFC 4180; line ends LF, CRLF or CR). Reading continues after a
 * damaged row: if a row's quotes do not close, or the row is too long, its first line is the
 * damaged row, and the next row begins with the next line. Not thread-safe.
 */
final class DelimitedRows {

  private static final int QUOTE = '"';

  /** From {@link #quoted}: the row is damaged. */
  private static final int BROKEN = -1;

  /**
   * A row.
   *
   * @param line where it begins, from 1
   * @param values the unquoted values: {@link RawText}
   * @param starts where each value begins in {@code raw}
   * @param raw the row as in the file, without its line end: {@link RawText}
   * @param damage why it cannot be read, or null
   */
  record Row(
      long line, List<String> values, List<Integer> starts, String raw, @Nullable String damage) {

    /** The raw text of the first values, which must be followed by others. */
    String beginning(int count) {
      return raw.substring(0, starts.get(count) - 1);
    }
  }

  private final RowBuffer buffer;
  private final char separator;
  private long line = 1;
  private int width = Integer.MAX_VALUE;
  private boolean severalLines;
  private String damage = "";

  DelimitedRows(RowBuffer buffer, char separator) {
    this.buffer = buffer;
    this.separator = separator;
  }

  /**
   * Sets how many fields rows have. A row that has more and spans several lines has a misplaced
   * quote.
   */
  void expectWidth(int fields) {
    width = fields;
  }

  /** The next row that is not blank, or null at the end of the file. */
  @Nullable Row next() throws IOException {
    while (buffer.at(0) != RowBuffer.END) {
      Row row = read();
      if (row.damage() != null || row.values().stream().anyMatch(value -> !value.isBlank())) {
        return row;
      }
    }
    return null;
  }

  private Row read() throws IOException {
    List<String> values = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    severalLines = false;
    int at = 0;
    while (true) {
      starts.add(at);
      int end = buffer.at(at) == QUOTE ? quoted(at, values) : plain(at, values);
      if (end == BROKEN) {
        return firstLine(damage);
      }
      int next = buffer.at(end);
      if (next == RowBuffer.TOO_LONG) {
        return firstLine("longer than 4 MiB");
      }
      if (next != separator) {
        return row(values, starts, end);
      }
      if (severalLines && values.size() >= width) {
        return firstLine("a quote is opened and not closed within the row");
      }
      at = end + 1;
    }
  }

  private Row row(List<String> values, List<Integer> starts, int end) throws IOException {
    Row row = new Row(line, values, starts, buffer.text(0, end), null);
    line += 1 + lineEnds(row.raw());
    buffer.advance(end);
    return row;
  }

  private Row firstLine(String why) throws IOException {
    int end = buffer.lineEnd(0);
    boolean tooLong = buffer.at(end) == RowBuffer.TOO_LONG;
    String message = tooLong ? "longer than 4 MiB; only its beginning is kept" : why;
    Row row = new Row(line++, List.of(), List.of(), buffer.text(0, end), message);
    if (tooLong) {
      buffer.dropLine();
    } else {
      buffer.advance(end);
    }
    return row;
  }

  /** Adds a field without quotes; returns the offset of its end. */
  private int plain(int from, List<String> values) throws IOException {
    int end = from;
    for (int c = buffer.at(end); c >= 0 && !endsField(c); c = buffer.at(end)) {
      end++;
    }
    values.add(buffer.text(from, end));
    return end;
  }

  private boolean endsField(int character) {
    return character == separator || RowBuffer.isLineEnd(character);
  }

  /** Adds a field within quotes; returns the offset of its end, or {@link #BROKEN}. */
  private int quoted(int quote, List<String> values) throws IOException {
    boolean doubled = false;
    int at = quote + 1;
    while (true) {
      int c = buffer.at(at);
      if (c < 0) {
        damage = "a quote is opened and not closed";
        return BROKEN;
      }
      if (c != QUOTE) {
        severalLines |= RowBuffer.isLineEnd(c);
        at++;
      } else if (buffer.at(at + 1) == QUOTE) {
        doubled = true;
        at += 2;
      } else {
        break;
      }
    }
    int behind = buffer.at(at + 1);
    if (behind >= 0 && !endsField(behind)) {
      damage = "there is text behind a closing quote; a quote within a field is written twice";
      return BROKEN;
    }
    String value = buffer.text(quote + 1, at);
    values.add(doubled ? value.replace("\"\"", "\"") : value);
    return at + 1;
  }

  private static long lineEnds(String raw) {
    long count = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      boolean pair = c == '\r' && i + 1 < raw.length() && raw.charAt(i + 1) == '\n';
      count += RowBuffer.isLineEnd(c) && !pair ? 1 : 0;
    }
    return count;
  }
}
