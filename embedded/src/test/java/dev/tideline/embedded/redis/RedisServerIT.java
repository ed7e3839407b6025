package dev.tideline.embedded.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.process.ServerUser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any user of the machine can have the fleet's Redis do: nothing. */
final class RedisServerIT {

  private static final List<String> DANGEROUS =
      List.of(
          "CONFIG GET dir",
          "CONFIG SET dir /tmp",
          "DEBUG SLEEP 0",
          "MODULE LIST",
          "SAVE",
          "BGREWRITEAOF",
          "SHUTDOWN",
          "REPLICAOF 127.0.0.1 1",
          "FLUSHALL",
          "KEYS *",
          "ACL LIST",
          "MONITOR");

  private static String ask(int port, String... lines) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      socket.setSoTimeout(30_000);
      String answer = "";
      for (String line : lines) {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        answer = in.readLine();
      }
      return answer;
    }
  }

  @Test
  void commands_withoutThePassword_orDangerousOnes_areRefused() throws Exception {
    try (TestDatabases folder = TestDatabases.prepare(0, ServerUser.detect());
        RedisServer redis = folder.startRedis()) {
      int port = redis.port();
      for (String command : DANGEROUS) {
        assertThat(ask(port, command)).as(command).startsWith("-NOAUTH");
        assertThat(ask(port, "AUTH redis-secret", command)).as(command).startsWith("-NOPERM");
      }
      assertThat(ask(port, "AUTH wrong")).startsWith("-WRONGPASS");
      assertThat(ask(port, "GET x")).startsWith("-NOAUTH");
      assertThat(ask(port, "AUTH redis-secret", "SET x 1")).isEqualTo("+OK");
      assertThat(ask(port, "AUTH tideline_admin redis-admin-secret", "FLUSHALL")).isEqualTo("+OK");
      keepsItsSecrets(folder.root().resolve("redis/redis.conf"), redis.pid());
    }
  }

  private static void keepsItsSecrets(Path settings, long pid) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(settings)).doesNotContain("redis-secret", "redis-admin-secret");
    assertThat(ProcessHandle.of(pid).orElseThrow().info().commandLine().orElse(""))
        .doesNotContain("secret");
  }
}
