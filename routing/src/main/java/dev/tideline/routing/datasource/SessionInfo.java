package dev.tideline.routing.datasource;

import dev.tideline.routing.token.InvalidTokenException;
import dev.tideline.routing.token.Position;
import dev.tideline.routing.token.TokenKeys;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The client info of a routed connection, with which plain JDBC requests consistency. */
final class SessionInfo {

  private final @Nullable TokenKeys keys;
  private final Properties properties = new Properties();
  private List<Position> positions = List.of();
  private boolean strong;

  SessionInfo(@Nullable TokenKeys keys) {
    this.keys = keys;
  }

  boolean isStrong() {
    return strong;
  }

  /** The positions that reads must show. */
  List<Position> positions() {
    return positions;
  }

  void set(String name, @Nullable String value) throws SQLClientInfoException {
    switch (name) {
      case RoutingDataSource.TOKEN -> positions = value == null ? List.of() : positions(value);
      case RoutingDataSource.CONSISTENCY -> strong = "strong".equals(value);
      default -> {}
    }
    if (value == null) {
      properties.remove(name);
    } else {
      properties.setProperty(name, value);
    }
  }

  void setAll(Properties all) throws SQLClientInfoException {
    properties.clear();
    positions = List.of();
    strong = false;
    for (String name : all.stringPropertyNames()) {
      set(name, all.getProperty(name));
    }
  }

  private List<Position> positions(String tokens) throws SQLClientInfoException {
    if (keys == null) {
      throw new SQLClientInfoException("this data source has no keys for tokens", Map.of());
    }
    List<Position> found = new ArrayList<>();
    try {
      Arrays.stream(tokens.split(",", -1))
          .forEach(token -> keys.verify(token.strip()).ifPresent(found::add));
      return found.isEmpty() ? List.of() : List.copyOf(found);
    } catch (InvalidTokenException e) {
      throw new SQLClientInfoException("the token " + e.getMessage(), "22023", Map.of(), e);
    }
  }

  /**
   * Returns a property. A token is created on request: a position later than the commit is also
   * valid.
   */
  @Nullable String get(String name, RoutedSession session) throws SQLException {
    return !name.equals(RoutingDataSource.TOKEN) || keys == null
        ? properties.getProperty(name)
        : keys.sign(session.position());
  }

  Properties all() {
    Properties copy = new Properties();
    copy.putAll(properties);
    return copy;
  }
}
