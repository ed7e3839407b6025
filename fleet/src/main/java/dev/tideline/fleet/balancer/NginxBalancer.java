package dev.tideline.fleet.balancer;

import dev.tideline.embedded.process.Programs;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.ServerProcess;
import dev.tideline.embedded.process.ServerProcess.StopSignal;
import dev.tideline.embedded.process.StateFile;
import dev.tideline.embedded.process.SupervisedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Runs NGINX as the balancer. NGINX Open Source has no active health checks and reads its upstream
 * list from a file. Therefore the fleet checks the instances, rewrites the list and reloads NGINX.
 * Requests in progress are completed by the old workers.
 *
 * <p>A reload closes idle client connections, and a client that sends a request at that moment gets
 * a connection error. Therefore a dead instance does not cause a reload: NGINX skips servers that
 * refuse connections.
 */
public final class NginxBalancer implements Balancer {

  private static final String FAILING_IS_PASSED_OVER = "max_fails=1 fail_timeout=1s";

  /** NGINX answers 502 without trying any server while it skips all servers of an upstream. */
  private static final String FAILURES_ARE_NOT_COUNTED = "max_fails=0";

  private static final String NOT_STICKY =
      """
      map "" $chosen {
          default $free;
        }
        map "" $remember {
          default "";
        }\
      """;

  private final Path configuration;
  private final int port;
  private final Balancing balancing;
  private final SupervisedServer process;
  private List<Backend> routed = List.of();
  private boolean mustReload;

  /**
   * Starts NGINX on a port of loopback, without backends.
   *
   * @throws ServerException if it is not installed or does not start
   */
  public static NginxBalancer start(
      Path folder, Path logs, Path pids, int port, Balancing balancing)
      throws InterruptedException {
    Path program =
        Programs.find("nginx")
            .orElseThrow(() ->
                new ServerException(
                    "the nginx program is not installed (Debian: apt-get install nginx-light);"
                        + " the built-in balancer needs no other program"));
    NginxBalancer balancer = new NginxBalancer(program, folder, logs, pids, port, balancing);
    balancer.process.start();
    return balancer;
  }

  private NginxBalancer(
      Path program, Path folder, Path logs, Path pids, int port, Balancing balancing) {
    this.configuration = folder.resolve("nginx.conf");
    this.port = port;
    this.balancing = balancing;
    try {
      Files.createDirectories(folder.resolve("temp"));
    } catch (IOException e) {
      throw new ServerException("cannot create " + folder, e);
    }
    write(List.of());
    this.process =
        new SupervisedServer(
            new ServerProcess(
                "nginx",
                List.of(
                    program.toString(),
                    "-p",
                    folder.toString(),
                    "-c",
                    configuration.toString(),
                    "-e",
                    "stderr",
                    "-g",
                    "daemon off;"),
                Map.of(),
                folder,
                logs.resolve("nginx.log"),
                pids.resolve("nginx.pid"),
                StopSignal.TERM,
                this::answers));
  }

  @Override
  public synchronized void route(List<Backend> backends) {
    List<Backend> next = new ArrayList<>(backends);
    routed.stream()
        .filter(backend -> !backends.contains(backend) && !listens(backend.port()))
        .forEach(next::add);
    next.sort(Comparator.comparing(Backend::name));
    routed = List.copyOf(next);
    mustReload |= write(routed);
    try {
      if (mustReload && process.pid() > 0) {
        Programs.signal(process.pid(), "HUP");
      }
      mustReload = false; // an NGINX that is starting reads the current file
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean write(List<Backend> backends) {
    String text =
        template()
            .replace("${port}", Integer.toString(port))
            .replace("${user}", runsAsRoot() ? "user root;" : "")
            .replace("${algorithm}", directive())
            .replace("${try_limit}", balancing.tryLimit().toMillis() + "ms")
            .replace("${servers}", servers(backends, FAILING_IS_PASSED_OVER))
            .replace("${patient_servers}", servers(backends, FAILURES_ARE_NOT_COUNTED))
            .replace("${sticky}", balancing.sticky() ? sticky(backends) : NOT_STICKY);
    try {
      if (Files.exists(configuration) && Files.readString(configuration).equals(text)) {
        return false;
      }
      StateFile.write(configuration, text);
      return true;
    } catch (IOException e) {
      throw new ServerException("cannot write " + configuration + ": " + e, e);
    }
  }

  private String directive() {
    return switch (balancing.algorithm()) {
      case ROUND_ROBIN -> "";
      case LEAST_CONNECTIONS -> "least_conn;";
      case TWO_CHOICES -> "random two least_conn;";
    };
  }

  private static String servers(List<Backend> backends, String failures) {
    if (backends.isEmpty()) {
      return "server 127.0.0.1:1 down;"; // NGINX does not allow an empty upstream
    }
    return backends.stream()
        .map(backend -> "server %s:%d %s;".formatted(Backend.HOST, backend.port(), failures))
        .collect(Collectors.joining("\n    "));
  }

  /**
   * An upstream for each instance, with the others as backup, and the cookie with the instance's
   * name.
   */
  private static String sticky(List<Backend> backends) {
    StringBuilder upstreams = new StringBuilder();
    StringBuilder choices = new StringBuilder();
    for (Backend one : backends) {
      upstreams.append("upstream only-%s {\n".formatted(one.name()));
      upstreams.append("    %s\n".formatted(servers(List.of(one), FAILING_IS_PASSED_OVER)));
      for (Backend other : backends) {
        if (!other.equals(one)) {
          upstreams.append(
              "    server %s:%d %s backup;\n"
                  .formatted(Backend.HOST, other.port(), FAILURES_ARE_NOT_COUNTED));
        }
      }
      upstreams.append("    keepalive 64;\n  }\n  ");
      choices.append("    %s only-%s;\n".formatted(one.name(), one.name()));
    }
    return """
    %smap $cookie_%s $chosen {
        default $free;
    %s  }
      map "$cookie_%s=$upstream_http_tideline_instance" $remember {
        "~^(?<name>[^=]+)=\\k<name>$" "";
        default "%s=$upstream_http_tideline_instance; Path=/; HttpOnly; SameSite=Lax";
      }\
    """
        .formatted(
            upstreams,
            StickySessions.COOKIE,
            choices,
            StickySessions.COOKIE,
            StickySessions.COOKIE);
  }

  private static boolean runsAsRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static String template() {
    try (InputStream in = NginxBalancer.class.getResourceAsStream("nginx.conf.template")) {
      if (in == null) {
        throw new ServerException("nginx.conf.template is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ServerException("cannot read nginx.conf.template", e);
    }
  }

  private boolean answers() {
    return listens(port);
  }

  static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether the backend has been removed. NGINX does not report requests in progress; an instance
   * completes them before it exits.
   */
  @Override
  public boolean isIdle(Backend backend) {
    return !routed.contains(backend);
  }

  @Override
  public Kind kind() {
    return Kind.NGINX;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }
}
