package dev.tideline.bench.cache;

import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.redis.RedisServer;
import java.util.List;

/**
 * Where Redis and the database are.
 *
 * @param databaseUrl empty for caches whose values do not come from one
 */
record Endpoint(String redisUrl, String databaseUrl, String password) {

  static Endpoint of(RedisServer redis) {
    return new Endpoint(redis.adminUrl(), "", "");
  }

  static Endpoint of(RedisServer redis, TestDatabases databases) {
    return new Endpoint(
        redis.adminUrl(),
        databases.postgres().url(0),
        databases.postgres().credentials().application());
  }

  static String user() {
    return Credentials.APPLICATION;
  }

  /** For another process of the benchmark. */
  List<String> asProperties() {
    return List.of(
        "-Dbench.redis=" + redisUrl, "-Dbench.url=" + databaseUrl, "-Dbench.password=" + password);
  }

  static Endpoint ofProperties() {
    return new Endpoint(
        System.getProperty("bench.redis"),
        System.getProperty("bench.url"),
        System.getProperty("bench.password"));
  }
}
