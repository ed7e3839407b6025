package dev.tideline.bench.routing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One read as applications do it: connection, prepared statement, a parameter, the row, closed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StatementBenchmark {

  @Param({"HIKARI", "TIDELINE", "SHARDINGSPHERE", "AWS"})
  public String contender = "";

  /** Whether the statement's answer is at hand, or the server's. */
  @Param({"true", "false"})
  public boolean canned;

  private Contender chosen = Contender.HIKARI;
  private Contender.Opened opened;

  @Setup
  public void open() throws Exception {
    if (canned) {
      CannedDriver.install();
    }
    chosen = Contender.valueOf(contender);
    opened = chosen.open(Endpoint.ofProperties());
  }

  @TearDown
  public void close() throws Exception {
    opened.close();
  }

  @Benchmark
  public int read() throws SQLException {
    try (Connection connection = opened.source().getConnection()) {
      chosen.announceRead(connection);
      try (PreparedStatement statement = connection.prepareStatement(CannedDriver.STATEMENT)) {
        statement.setInt(1, 1);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          return row.getInt(1);
        }
      }
    }
  }
}
