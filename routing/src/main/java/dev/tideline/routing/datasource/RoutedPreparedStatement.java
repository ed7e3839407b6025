package dev.tideline.routing.datasource;

import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement of a routed connection. A read keeps its parameters and is prepared on the
 * node that runs it, at each run. Any other statement is prepared on the primary at the first
 * parameter and stays there, so that streams and batches pass straight through.
 */
final class RoutedPreparedStatement extends ParameterKeepingStatement {

  /** No such prepared statement; the connections themselves are usable. */
  private static final String LOST = "26000";

  private final String sql;
  private final List<@Nullable Parameter> parameters = new ArrayList<>();
  private boolean bindsForGood;
  private boolean holdsStream;

  RoutedPreparedStatement(
      RoutedConnection connection, String sql, StatementMaker maker, int concurrency) {
    super(connection, maker, concurrency);
    this.sql = sql;
  }

  String sql() {
    return sql;
  }

  @Override
  boolean isRepeatable() {
    return !holdsStream;
  }

  @Override
  boolean isBoundForGood() {
    return bindsForGood;
  }

  private PreparedStatement real() throws SQLException {
    return (PreparedStatement) delegate();
  }

  @Override
  void set(int index, Parameter parameter) throws SQLException {
    checkOpen();
    if (index < 1) {
      throw new SQLException("no parameter has the index " + index, "22023");
    }
    if (bindsForGood || session().goesToPrimary(this, sql)) {
      bindForGood();
      parameter.setOn(real());
      return;
    }
    while (parameters.size() < index) {
      parameters.add(null);
    }
    parameters.set(index - 1, parameter);
  }

  @Override
  void setOnce(int index, Parameter parameter) throws SQLException {
    holdsStream = true;
    set(index, parameter);
  }

  /** From now on the real statement on the primary keeps the parameters. */
  private void bindForGood() throws SQLException {
    if (!bindsForGood) {
      session().bindForBatch(this, sql);
      bindsForGood = true;
      parameters.clear();
    } else if (!isBound()) {
      throw new SQLException(
          "the connection of this prepared statement was lost; prepare it again", LOST);
    }
  }

  @Override
  Statement bind(PhysicalConnection to) throws SQLException {
    if (bindsForGood) {
      throw new SQLException("this statement was prepared on another node; prepare it again", LOST);
    }
    PreparedStatement made = (PreparedStatement) super.bind(to);
    for (Parameter parameter : parameters) {
      if (parameter != null) {
        parameter.setOn(made);
      }
    }
    return made;
  }

  @Override
  public void clearParameters() throws SQLException {
    checkOpen();
    parameters.clear();
    holdsStream = false;
    if (bindsForGood) {
      real().clearParameters();
    }
  }

  private <R extends @Nullable Object> R runPrepared(PreparedWork<R> work) throws SQLException {
    checkOpen();
    return session().run(this, sql, statement -> work.on((PreparedStatement) statement));
  }

  /** What to do with the real statement. */
  @FunctionalInterface
  private interface PreparedWork<R extends @Nullable Object> {
    R on(PreparedStatement statement) throws SQLException;
  }

  @Override
  public boolean execute() throws SQLException {
    return runPrepared(PreparedStatement::execute);
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    return Objects.requireNonNull(routed(runPrepared(PreparedStatement::executeQuery)));
  }

  @Override
  public int executeUpdate() throws SQLException {
    return runPrepared(PreparedStatement::executeUpdate);
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    return runPrepared(PreparedStatement::executeLargeUpdate);
  }

  @Override
  public void addBatch() throws SQLException {
    checkOpen();
    bindForGood();
    real().addBatch();
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract
  public ResultSetMetaData getMetaData() throws SQLException {
    return real().getMetaData();
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    return real().getParameterMetaData();
  }

  @Override
  public String toString() {
    return "RoutedPreparedStatement[" + sql + "]";
  }
}
