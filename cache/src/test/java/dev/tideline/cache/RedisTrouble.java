package dev.tideline.cache;

import dev.tideline.embedded.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What may happen to a Redis, done to a real one. */
public final class RedisTrouble {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What happens, from {@link #begin} to {@link #end}. */
  public enum Kind {
    FLUSHED,
    /** At the end it holds what it held at the beginning, the stream included. */
    RESTORED,
    /** Refuses all writes. */
    FULL,
    /** SIGKILL; back with what its log has. */
    KILLED,
    /** SIGSTOP until SIGCONT. */
    STOPPED
  }

  private final RedisServer server;
  private final Map<String, byte[]> dump = new HashMap<>();

  public RedisTrouble(RedisServer server) {
    this.server = server;
  }

  public void begin(Kind kind) {
    switch (kind) {
      case KILLED -> ProcessHandle.of(server.pid()).ifPresent(ProcessHandle::destroyForcibly);
      case FLUSHED -> ask(RedisCommands::flushall);
      case STOPPED -> signal("STOP");
      case FULL ->
          ask(commands -> {
            commands.configSet("maxmemory-policy", "noeviction");
            commands.configSet("maxmemory", "1");
          });
      case RESTORED -> ask(this::remember);
    }
  }

  /** Ends it; afterwards Redis answers. */
  public void end(Kind kind) throws InterruptedException {
    switch (kind) {
      case KILLED, FLUSHED -> {}
      case STOPPED -> signal("CONT");
      case FULL ->
          ask(commands -> {
            commands.configSet("maxmemory", "256mb");
            commands.configSet("maxmemory-policy", "allkeys-lru");
          });
      case RESTORED -> ask(this::restore);
    }
    awaitAnswer();
  }

  private void remember(RedisCommands<String, byte[]> commands) {
    dump.clear();
    for (String key : commands.keys("*")) {
      byte[] value = commands.dump(key);
      if (value != null) {
        dump.put(key, value);
      }
    }
  }

  private void restore(RedisCommands<String, byte[]> commands) {
    RestoreArgs replacing = RestoreArgs.Builder.ttl(Duration.ofMinutes(1)).replace();
    commands.flushall();
    dump.forEach((key, value) -> commands.restore(key, value, replacing));
  }

  /** How many keys it held when {@link Kind#RESTORED} began. */
  public int remembered() {
    return dump.size();
  }

  private void awaitAnswer() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        ask(RedisCommands::ping);
        return;
      } catch (RedisException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  private void ask(Consumer<RedisCommands<String, byte[]>> commands) {
    RedisURI uri = RedisURI.create(server.adminUrl());
    uri.setTimeout(PATIENCE);
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<String, byte[]> connection =
        client.connect(RedisConnection.BYTES)) {
      commands.accept(connection.sync());
    } finally {
      client.shutdown();
    }
  }

  private void signal(String name) {
    try {
      int exit =
          new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start().waitFor();
      if (exit != 0) {
        throw new IllegalStateException("kill -" + name + " failed: " + exit);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
