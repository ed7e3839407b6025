package dev.tideline.bench.routing;

import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.postgres.Credentials;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the measured databases are.
 *
 * @param ports the primary's, then the replicas'
 */
record Endpoint(List<Integer> ports, String user, String password) {

  private static final String PORTS = "bench.ports";
  private static final String PASSWORD = "bench.password";

  static Endpoint of(TestDatabases databases) {
    List<Integer> ports = new ArrayList<>();
    databases.postgres().servers().forEach(server -> ports.add(server.port()));
    return new Endpoint(
        ports, Credentials.APPLICATION, databases.postgres().credentials().application());
  }

  String url(int server) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(ports.get(server), Credentials.DATABASE);
  }

  int replicas() {
    return ports.size() - 1;
  }

  /** For the JVMs that JMH forks. */
  String[] asProperties() {
    return new String[] {
      "-D" + PORTS + "=" + String.join(",", ports.stream().map(String::valueOf).toList()),
      "-D" + PASSWORD + "=" + password
    };
  }

  static Endpoint ofProperties() {
    return new Endpoint(
        Arrays.stream(System.getProperty(PORTS).split(",", -1)).map(Integer::valueOf).toList(),
        Credentials.APPLICATION,
        System.getProperty(PASSWORD));
  }
}
