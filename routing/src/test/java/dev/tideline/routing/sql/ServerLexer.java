package dev.tideline.routing.sql;

import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.postgres.PostgresCluster;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * PostgreSQL's own lexer. After {@code ALTER DEFAULT} the grammar knows but one word, so whatever
 * follows is an error that names the first token and where it begins; what is left after it is
 * asked for in the same way.
 */
final class ServerLexer implements AutoCloseable {

  private static final String BEFORE = "ALTER DEFAULT ";
  private static final String AT_TOKEN = "syntax error at or near \"";
  private static final String AT_END = "syntax error at end of input";

  private final Connection connection;
  private final Statement statement;

  ServerLexer(PostgresCluster postgres, boolean standardStrings) throws SQLException {
    this(postgres.url(0), Credentials.ADMIN, postgres.credentials().admin(), standardStrings);
  }

  ServerLexer(String url, String user, String password, boolean standardStrings)
      throws SQLException {
    // The driver must send a text as it is, all at once.
    connection = DriverManager.getConnection(url + "?preferQueryMode=simple", user, password);
    statement = connection.createStatement();
    statement.setEscapeProcessing(false);
    statement.execute("SET escape_string_warning = off");
    statement.execute("SET lc_messages = 'C'");
    statement.execute("SET log_min_messages = fatal");
    statement.execute("SET log_min_error_statement = fatal");
    statement.execute("SET standard_conforming_strings = " + (standardStrings ? "on" : "off"));
  }

  /** How the tokens differ from the server's; empty if they do not, or if the server has none. */
  String difference(String text, List<SqlToken> tokens) {
    int from = 0;
    for (int i = 0; i <= tokens.size(); i++) {
      ServerErrorMessage answer = ask(text.substring(from));
      String message = Objects.requireNonNull(answer.getMessage());
      if (message.equals(AT_END)) {
        return i == tokens.size() ? "" : "the server sees the end before " + tokens.get(i);
      }
      if (!message.startsWith(AT_TOKEN)) {
        return ""; // the server refuses it, so it does no harm
      }
      String token = message.substring(AT_TOKEN.length(), message.length() - 1);
      int start = text.offsetByCodePoints(from, answer.getPosition() - 1 - BEFORE.length());
      if (i == tokens.size()
          || tokens.get(i).start() != start
          || tokens.get(i).end() != start + token.length()) {
        return "the server sees <%s> at %d in %s".formatted(token, start, tokens);
      }
      from = start + token.length();
    }
    throw new IllegalStateException("more tokens than the text has: " + text);
  }

  private ServerErrorMessage ask(String text) {
    try {
      statement.execute(BEFORE + text);
      throw new IllegalStateException("the server runs " + text);
    } catch (PSQLException e) {
      return Objects.requireNonNull(e.getServerErrorMessage(), e.getMessage());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
