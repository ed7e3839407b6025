package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.redis.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * The image's root file system, put together without a container engine: what {@code deploy/docker}
 * copies, a shell, and the C library. An instance runs in it as the image's user, and can write
 * nothing but {@code /tmp}.
 */
final class ImageIT {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String USER = "10001";
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = new Ports().free();
  private Path root;

  private void assemble() throws Exception {
    root = folder.resolve("root");
    Files.createDirectories(root.resolve("opt"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String mountPoint : List.of("tmp", "proc", "dev")) {
      Files.createDirectory(root.resolve(mountPoint));
    }
    ToolRun.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            Path.of("target/tideline/lib/tideline.jar").toAbsolutePath().toString(),
            "package",
            "--output",
            root.resolve("opt/tideline").toString())
        .orFail("package");
    Set<String> needed = new TreeSet<>(List.of("/bin/sh", "/usr/bin/dirname"));
    needed.addAll(libraries("/bin/sh"));
    needed.addAll(libraries("/usr/bin/dirname"));
    try (Stream<Path> java = Files.walk(root.resolve("opt/tideline/jre"))) {
      for (Path one : java.filter(Files::isRegularFile).toList()) {
        if (one.toString().endsWith(".so") || one.endsWith("bin/java")) {
          needed.addAll(libraries(one.toString()));
        }
      }
    }
    for (String file : needed) {
      if (!file.startsWith(root.toString())) {
        Path copy = root.resolve(file.substring(1));
        Files.createDirectories(copy.getParent());
        Files.copy(Path.of(file).toRealPath(), copy);
      }
    }
  }

  private static Set<String> libraries(String program) throws Exception {
    Set<String> found = new TreeSet<>();
    Matcher line = LIBRARY.matcher(ToolRun.of("ldd", program).output());
    while (line.find()) {
      found.add(line.group(1));
    }
    return found;
  }

  /** The process becomes the instance's: each step is the same one, by exec. */
  private Process start(TestDatabases databases, RedisServer redis) throws IOException {
    boolean isRoot = System.getProperty("user.name").equals("root");
    String mounts =
        """
        set -e
        mount --bind "$ROOT" "$ROOT"
        mount --rbind /dev "$ROOT/dev"
        mount --rbind /proc "$ROOT/proc"
        mount -o remount,bind,ro "$ROOT"
        mount -t tmpfs tmpfs "$ROOT/tmp"
        exec chroot %s "$ROOT" /opt/tideline/bin/tideline serve
        """
            .formatted(isRoot ? "--userspec=" + USER + ":" + USER : "");
    ProcessBuilder builder =
        isRoot
            ? new ProcessBuilder("unshare", "--mount", "sh", "-c", mounts)
            : new ProcessBuilder("unshare", "--map-root-user", "--mount", "sh", "-c", mounts);
    var environment = builder.environment();
    environment.put("ROOT", root.toString());
    environment.put("TIDELINE_HTTP_HOST", "127.0.0.1");
    environment.put("TIDELINE_HTTP_PORT", Integer.toString(port));
    environment.put("TIDELINE_DB_PRIMARY_URL", databases.postgres().url(0));
    environment.put("TIDELINE_DB_USER", Credentials.APPLICATION);
    environment.put("TIDELINE_DB_PASSWORD", databases.postgres().credentials().application());
    environment.put("TIDELINE_REDIS_URL", redis.url());
    environment.put("TIDELINE_TOKEN_KEY", "token-key-of-the-test");
    environment.put("TIDELINE_DRAIN_DELAY", "0s");
    environment.put("TIDELINE_JAVA_OPTIONS", "-Xmx256m -XX:AOTMode=on"); // no start without it
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Test
  void image_runsAnInstance_asNobodyInParticular_withoutAnythingToWriteTo() throws Exception {
    assemble();
    try (TestDatabases databases = TestDatabases.start(0);
        RedisServer redis = databases.startRedis()) {
      Process instance = start(databases, redis);
      try {
        await()
            .atMost(LONG)
            .ignoreExceptions()
            .until(() -> {
              assertThat(instance.isAlive()).isTrue();
              return get("/health/ready").statusCode() == 200;
            });
        var health = JsonMapper.builder().build().readTree(get("/health").body());
        assertThat(health.get("status").stringValue()).isEqualTo("up");
        assertThat(get("/v1/search?q=lamp").statusCode()).isEqualTo(200);
        Path process = Path.of("/proc", Long.toString(instance.pid()));
        assertThat(Files.readString(process.resolve("mountinfo")))
            .containsPattern(Pattern.quote(root + " / ro,"));
        if (System.getProperty("user.name").equals("root")) {
          assertThat(Files.readString(process.resolve("status")))
              .containsPattern("Uid:\\s+" + USER + "\\s+" + USER);
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(Files.readString(folder.resolve("log")), e);
      } finally {
        instance.destroy(); // SIGTERM
        assertThat(instance.waitFor(60, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(instance.exitValue()).isEqualTo(143);
      assertThat(Files.readString(folder.resolve("log"))).contains("stopped");
    } finally {
      http.close();
    }
  }
}
