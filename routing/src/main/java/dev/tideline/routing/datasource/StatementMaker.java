package dev.tideline.routing.datasource;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes a real statement of a real connection, as a caller asked for it. */
@FunctionalInterface
interface StatementMaker {
  Statement make(Connection connection) throws SQLException;
}
