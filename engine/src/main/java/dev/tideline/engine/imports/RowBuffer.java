package dev.tideline.engine.imports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a file from the beginning of the current row, so that a row that turns out to be
 * damaged can be read again line by line. Not thread-safe.
 */
final class RowBuffer {

  /** The longest row; longer rows are treated as damaged. */
  static final int ROW_BYTES_MAX = 4 << 20;

  /** Returned in place of a byte at the end of the file. */
  static final int END = -1;

  /** Returned in place of a byte beyond the longest row. */
  static final int TOO_LONG = -2;

  private static final int READ_BYTES = 1 << 16;

  private final InputStream in;
  private byte[] bytes = new byte[READ_BYTES];
  private int start;
  private int end;
  private boolean ended;

  RowBuffer(InputStream in) {
    this.in = in;
  }

  /**
   * The byte at an offset from the beginning of the row, 0 to 255, or {@link #END} or {@link
   * #TOO_LONG}.
   */
  int at(int offset) throws IOException {
    if (offset >= ROW_BYTES_MAX) {
      return TOO_LONG;
    }
    while (start + offset >= end) {
      if (!fill()) {
        return END;
      }
    }
    return bytes[start + offset] & 0xff;
  }

  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (end == bytes.length) {
      byte[] roomier = start > 0 ? bytes : new byte[bytes.length * 2];
      System.arraycopy(bytes, start, roomier, 0, end - start);
      bytes = roomier;
      end -= start;
      start = 0;
    }
    int read = in.read(bytes, end, bytes.length - end);
    ended = read < 0;
    end += Math.max(0, read);
    return !ended;
  }

  /** Bytes of the row, each as one character (ISO 8859-1). */
  String text(int from, int to) {
    return new String(bytes, start + from, to - from, StandardCharsets.ISO_8859_1);
  }

  /**
   * The offset at which the line of another offset ends: a CR or LF, the file's end or the row's
   * limit.
   */
  int lineEnd(int offset) throws IOException {
    int end = offset;
    while (at(end) >= 0 && !isLineEnd(at(end))) {
      end++;
    }
    return end;
  }

  static boolean isLineEnd(int character) {
    return character == '\n' || character == '\r';
  }

  /** Begins the next row after a line end: CR, LF, both, or none at the end of the file. */
  void advance(int lineEnd) throws IOException {
    int next = lineEnd;
    if (at(lineEnd) == '\r' && at(lineEnd + 1) == '\n') {
      next += 2;
    } else if (at(lineEnd) != END) {
      next++;
    }
    start += next;
  }

  /** The same if the line is too long: the rest of the line is dropped. */
  void dropLine() throws IOException {
    int lineEnd = lineEnd(0);
    while (at(lineEnd) == TOO_LONG) {
      start += lineEnd;
      lineEnd = lineEnd(0);
    }
    advance(lineEnd);
  }
}
