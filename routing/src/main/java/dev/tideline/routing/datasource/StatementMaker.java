package dev.tideline.routing.datasource;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Creates the real statement that a caller asked for on a physical connection. */
@FunctionalInterface
interface StatementMaker {
  Statement make(Connection connection) throws SQLException;
}
