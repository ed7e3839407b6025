package dev.tideline.routing.node;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to one node, all with {@link SessionDefaults}. Thread-safe. */
final class NodeConnector {

  private static final Logger log = LoggerFactory.getLogger(NodeConnector.class);

  private static final int CONNECT_TIMEOUT_SECONDS = 2;
  private static final String SERVER_VERSION_MIN = "15";

  /** The driver's cache of prepared statements, and that of column names, for each connection. */
  private static final String DRIVER_CACHE_MIB = "1";

  /** A healthy server has canceled a statement by then and has reported it. */
  private static final Duration SILENCE_PAST_STATEMENT_TIMEOUT = Duration.ofSeconds(5);

  /** Fixes the setting for the session: the server's default may change during it. */
  private static final String COMMITS =
      """
      SELECT now.value = 'off', set_config('synchronous_commit', now.value, false)
      FROM (SELECT current_setting('synchronous_commit') AS value) AS now\
      """;

  /** In a URL it would replace the router's own options. */
  private static final Pattern URL_OPTIONS = Pattern.compile("(?<=[?&])options=(?<value>[^&]*)");

  private final NodeAddress address;
  private final NodeSettings settings;
  private final String url;
  private final String urlOptions;
  private volatile boolean asynchronousCommitSeen;

  NodeConnector(NodeAddress address, NodeSettings settings) {
    this.address = address;
    this.settings = settings;
    Matcher options = URL_OPTIONS.matcher(address.url());
    this.urlOptions =
        options.find()
            ? URLDecoder.decode(options.group("value"), StandardCharsets.UTF_8) + " "
            : "";
    this.url = options.reset().replaceAll("");
  }

  /** Opens a session for the pool of a node in a role. */
  Connection open(NodeRole role) throws SQLException {
    Duration silence = settings.pools().statementTimeout().plus(SILENCE_PAST_STATEMENT_TIMEOUT);
    return switch (role) {
      case REPLICA ->
          connect("tideline", silence, SessionDefaults.forReads(settings.pools()), "always");
      case PRIMARY -> openForWrites(silence);
    };
  }

  private Connection openForWrites(Duration silence) throws SQLException {
    SessionDefaults defaults = SessionDefaults.forWrites(settings.pools());
    Connection connection = connect("tideline", silence, defaults, "transaction");
    if (!commitsAsynchronously(connection)) {
      return connection;
    }
    connection.close();
    if (!asynchronousCommitSeen) {
      asynchronousCommitSeen = true;
      log.warn(
          "synchronous_commit is off for {} on {}; the router turns it on in its sessions",
          settings.user(),
          address.name());
    }
    return connect("tideline", silence, defaults.withSynchronousCommit(), "transaction");
  }

  private static boolean commitsAsynchronously(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COMMITS)) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Opens a session outside the pools. */
  Connection openForPolls() throws SQLException {
    return connect(
        "tideline-polls",
        settings.probes().timeout(),
        SessionDefaults.forPolls(settings.probes()),
        "transaction");
  }

  private Connection connect(
      String application, Duration silence, SessionDefaults defaults, String readOnlyMode)
      throws SQLException {
    Properties properties = driverProperties(silence);
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password());
    properties.setProperty("ApplicationName", application);
    // Sends the name in the startup packet, so that DISCARD ALL restores it.
    properties.setProperty("assumeMinServerVersion", SERVER_VERSION_MIN);
    properties.setProperty("readOnlyMode", readOnlyMode);
    properties.setProperty("options", urlOptions + defaults.options());
    return DriverManager.getConnection(url, properties);
  }

  /** The driver properties of every session: its timeouts and cache sizes. */
  static Properties driverProperties(Duration silence) {
    Properties properties = new Properties();
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
    properties.setProperty("socketTimeout", Long.toString(silence.toSeconds()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("preparedStatementCacheSizeMiB", DRIVER_CACHE_MIB);
    properties.setProperty("databaseMetadataCacheFieldsMiB", DRIVER_CACHE_MIB);
    return properties;
  }
}
