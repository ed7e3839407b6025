package dev.tideline.cache;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes connections to one server, to the master that sentinels name, or to a cluster. */
final class RedisClient implements AutoCloseable {

  static final String CLUSTER_SCHEME = "redis-cluster://";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration RECONNECT_DELAY = Duration.ofMillis(300);

  private final RedisConfig config;
  private final ClientResources resources =
      ClientResources.builder().reconnectDelay(Delay.constant(RECONNECT_DELAY)).build();
  private final AbstractRedisClient client;

  /** A connection and its commands, which are those that a cluster supports too. */
  record Open<V>(
      StatefulConnection<String, V> connection,
      RedisClusterCommands<String, V> commands,
      RedisClusterAsyncCommands<String, V> async)
      implements AutoCloseable {

    boolean isOpen() {
      return connection.isOpen();
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  RedisClient(RedisConfig config) {
    this.config = config;
    this.client = config.isCluster() ? cluster() : single();
  }

  private io.lettuce.core.RedisClient single() {
    var single = io.lettuce.core.RedisClient.create(resources, uri(config.url()));
    single.setOptions(options(ClientOptions.builder()).build());
    return single;
  }

  private RedisClusterClient cluster() {
    String rest = config.url().substring(CLUSTER_SCHEME.length());
    int at = rest.lastIndexOf('@');
    String user = rest.substring(0, at + 1);
    List<RedisURI> nodes = new ArrayList<>();
    for (String node : rest.substring(at + 1).split(",", -1)) {
      nodes.add(uri("redis://" + user + node));
    }
    RedisClusterClient cluster = RedisClusterClient.create(resources, nodes);
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    options(options);
    cluster.setOptions(
        options
            .topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                    .enablePeriodicRefresh(Duration.ofSeconds(30))
                    .build())
            .build());
    return cluster;
  }

  private static RedisURI uri(String url) {
    RedisURI uri = RedisURI.create(url);
    uri.setTimeout(CONNECT_TIMEOUT);
    return uri;
  }

  private <B extends ClientOptions.Builder> B options(B builder) {
    builder
        .autoReconnect(true)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(config.requestsMax())
        .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build())
        .timeoutOptions(TimeoutOptions.enabled());
    return builder;
  }

  /**
   * Connects.
   *
   * @param timeout longest wait for an answer through it
   * @throws io.lettuce.core.RedisException if no server answers
   */
  <V> Open<V> connect(RedisCodec<String, V> codec, Duration timeout) {
    Open<V> open =
        switch (client) {
          case RedisClusterClient cluster -> {
            StatefulRedisClusterConnection<String, V> connection = cluster.connect(codec);
            yield new Open<>(connection, connection.sync(), connection.async());
          }
          case io.lettuce.core.RedisClient single -> {
            StatefulRedisConnection<String, V> connection = single.connect(codec);
            yield new Open<>(connection, connection.sync(), connection.async());
          }
          default -> throw new IllegalStateException("no such client: " + client);
        };
    open.connection().setTimeout(timeout);
    return open;
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, STOP_TIMEOUT);
    resources
        .shutdown(0, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(STOP_TIMEOUT.toMillis());
  }
}
