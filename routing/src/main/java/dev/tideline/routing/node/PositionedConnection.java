package dev.tideline.routing.node;

import dev.tideline.routing.jdbc.ForwardingConnection;
import dev.tideline.routing.jdbc.ForwardingPreparedStatement;
import dev.tideline.routing.jdbc.ForwardingStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A connection whose node reports its position in the statement before the caller's first one, in
 * the same round trip: the driver sends two statements joined by a semicolon together, and
 * PostgreSQL gives each its own snapshot. Where that is not possible, mainly in a transaction, the
 * position is queried separately beforehand. For reads only.
 */
public final class PositionedConnection extends ForwardingConnection {

  /** Checks the position of the node; if it throws, the caller's statement is not used. */
  @FunctionalInterface
  public interface Judge {
    void judge(Sighting sighting) throws SQLException;
  }

  private final Connection connection;
  private final NodeSql sql;
  private final Judge judge;
  private boolean judged;

  public PositionedConnection(Connection connection, NodeSql sql, Judge judge) {
    this.connection = connection;
    this.sql = sql;
    this.judge = judge;
  }

  @Override
  protected Connection delegate() throws SQLException {
    if (!judged) {
      judge.judge(sql.position(connection));
      judged = true;
    }
    return connection;
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    return connection.getAutoCommit();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return connection.isClosed();
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return connection.isReadOnly();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  @Override
  public Statement createStatement() throws SQLException {
    return judged || !connection.getAutoCommit()
        ? delegate().createStatement()
        : new First(connection.createStatement());
  }

  @Override
  public PreparedStatement prepareStatement(String query) throws SQLException {
    return judged || !connection.getAutoCommit()
        ? delegate().prepareStatement(query)
        : new FirstPrepared(connection.prepareStatement(joined(query)), query);
  }

  private String joined(String query) {
    return sql.position() + ";" + query;
  }

  /**
   * Reads the position, which precedes the caller's first result; returns the same as {@code
   * execute}.
   */
  private boolean skipPosition(Statement statement) throws SQLException {
    try (ResultSet row = statement.getResultSet()) {
      judge.judge(NodeSql.sighting(row));
    }
    judged = true;
    return statement.getMoreResults();
  }

  private static SQLException notRead() {
    return new SQLException("this connection is read-only", "25006");
  }

  private final class First extends ForwardingStatement {

    private final Statement statement;

    First(Statement statement) {
      this.statement = statement;
    }

    @Override
    protected Statement delegate() {
      return statement;
    }

    @Override
    public Connection getConnection() {
      return PositionedConnection.this;
    }

    @Override
    public boolean execute(String query) throws SQLException {
      return judged
          ? statement.execute(query)
          : statement.execute(joined(query)) && skipPosition(statement);
    }

    @Override
    public ResultSet executeQuery(String query) throws SQLException {
      if (judged) {
        return statement.executeQuery(query);
      }
      if (!execute(query)) {
        throw new SQLException("no result was returned by the query", "02000");
      }
      return statement.getResultSet();
    }

    @Override
    public int executeUpdate(String query) throws SQLException {
      throw notRead();
    }

    @Override
    public int[] executeBatch() throws SQLException {
      throw notRead();
    }
  }

  private final class FirstPrepared extends ForwardingPreparedStatement {

    private final PreparedStatement statement;
    private final String query;

    FirstPrepared(PreparedStatement statement, String query) {
      this.statement = statement;
      this.query = query;
    }

    @Override
    protected PreparedStatement delegate() {
      return statement;
    }

    @Override
    public Connection getConnection() {
      return PositionedConnection.this;
    }

    @Override
    public boolean execute() throws SQLException {
      return statement.execute() && skipPosition(statement);
    }

    @Override
    public ResultSet executeQuery() throws SQLException {
      if (!execute()) {
        throw new SQLException("no result was returned by the query", "02000");
      }
      return statement.getResultSet();
    }

    /** The driver would describe the query of the position. */
    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
      try (PreparedStatement alone = connection.prepareStatement(query)) {
        return alone.getMetaData();
      }
    }

    @Override
    public int executeUpdate() throws SQLException {
      throw notRead();
    }

    @Override
    public int[] executeBatch() throws SQLException {
      throw notRead();
    }
  }
}
