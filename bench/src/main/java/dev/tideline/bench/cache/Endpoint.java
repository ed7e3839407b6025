package dev.tideline.bench.cache;

import dev.tideline.fleet.TestDatabases;
import dev.tideline.fleet.postgres.Credentials;
import dev.tideline.fleet.redis.RedisServer;
import java.util.List;

/**
 * Where Redis and the database are.
 *
 * @param databaseUrl empty for caches whose values do not come from one
 */
record Endpoint(int redisPort, String databaseUrl, String password) {

  static Endpoint of(RedisServer redis) {
    return new Endpoint(redis.port(), "", "");
  }

  static Endpoint of(RedisServer redis, TestDatabases databases) {
    return new Endpoint(
        redis.port(),
        databases.postgres().url(0),
        databases.postgres().credentials().application());
  }

  String redisUrl() {
    return "redis://127.0.0.1:" + redisPort;
  }

  static String user() {
    return Credentials.APPLICATION;
  }

  /** For another process of the benchmark. */
  List<String> asProperties() {
    return List.of(
        "-Dbench.redis=" + redisPort, "-Dbench.url=" + databaseUrl, "-Dbench.password=" + password);
  }

  static Endpoint ofProperties() {
    return new Endpoint(
        Integer.getInteger("bench.redis"),
        System.getProperty("bench.url"),
        System.getProperty("bench.password"));
  }
}
