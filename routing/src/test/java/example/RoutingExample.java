package example;

import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.datasource.RoutingDataSource;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.routing.token.TokenKeys;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;

/** A primary and two replicas behind one DataSource. */
public final class RoutingExample {

  public static void main(String[] args) throws Exception {
    // jdbc:postgresql://primary/shop jdbc:postgresql://replica-a/shop
    // jdbc:postgresql://replica-b/shop user password
    RouterConfig config =
        RouterConfig.of(
            new NodeAddress("primary", args[0]),
            List.of(new NodeAddress("replica-a", args[1]), new NodeAddress("replica-b", args[2])),
            args[3],
            args[4]);
    try (ReadWriteRouter router = ReadWriteRouter.open(config, RoutingListener.NONE)) {
      router.createMetadata(); // two small tables: the name of the history, and a heartbeat
      TokenKeys keys = TokenKeys.of(List.of("sixteen characters or more"), Clock.systemUTC());
      System.out.println("mugs: " + countMugs(router.dataSource(keys)));
    }
  }

  private static int countMugs(DataSource source) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS mugs (name text)"); // the primary
      statement.executeUpdate("INSERT INTO mugs VALUES ('blue')"); // the primary
      String token = connection.getClientInfo(RoutingDataSource.TOKEN);

      // Elsewhere, in a request that has brought the token: a replica that shows the mug.
      connection.setClientInfo(RoutingDataSource.TOKEN, token);
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM mugs")) {
        row.next();
        return row.getInt(1);
      }
    }
  }
}
