package dev.tideline.routing;

import dev.tideline.routing.jdbc.ForwardingResultSet;
import java.sql.ResultSet;
import java.sql.Statement;

/** The driver's result, which names the routed statement as its own. */
final class RoutedResultSet extends ForwardingResultSet {

  private final ResultSet real;
  private final RoutedStatement statement;

  RoutedResultSet(ResultSet real, RoutedStatement statement) {
    this.real = real;
    this.statement = statement;
  }

  @Override
  protected ResultSet delegate() {
    return real;
  }

  @Override
  public Statement getStatement() {
    return statement;
  }
}
