package dev.tideline.engine.database;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes rows by PostgreSQL's {@code COPY ... FROM STDIN} in text format, the fastest way to load
 * rows. Close it to end the copy; an exception before that must end the transaction. Not
 * thread-safe.
 */
public final class CopyWriter implements AutoCloseable {

  private static final int BUFFER_CHARACTERS = 1 << 16;

  private final CopyIn copy;
  private final StringBuilder buffer = new StringBuilder(BUFFER_CHARACTERS + 4_096);

  /**
   * Begins a copy.
   *
   * @param target a table and its columns, {@code t (a, b)}
   */
  public CopyWriter(Connection connection, String target) throws SQLException {
    this.copy =
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY " + target + " FROM STDIN");
  }

  /** Writes one row; values are converted by their {@code toString}. */
  public void row(@Nullable Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        buffer.append('\t');
      }
      append(values[i]);
    }
    buffer.append('\n');
    if (buffer.length() >= BUFFER_CHARACTERS) {
      flush();
    }
  }

  private void append(@Nullable Object value) {
    if (value == null) {
      buffer.append("\\N");
      return;
    }
    String text = value.toString();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> buffer.append("\\\\");
        case '\t' -> buffer.append("\\t");
        case '\n' -> buffer.append("\\n");
        case '\r' -> buffer.append("\\r");
        default -> buffer.append(c);
      }
    }
  }

  private void flush() throws SQLException {
    byte[] bytes = buffer.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    buffer.setLength(0);
  }

  @Override
  public void close() throws SQLException {
    flush();
    copy.endCopy();
  }
}
