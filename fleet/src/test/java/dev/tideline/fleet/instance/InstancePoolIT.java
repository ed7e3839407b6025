package dev.tideline.fleet.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.Programs;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.balancer.Backend;
import dev.tideline.fleet.balancer.Balancer;
import dev.tideline.fleet.balancer.Balancer.Balancing;
import dev.tideline.fleet.balancer.BuiltInBalancer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances that come and go under requests; each is a process that stands in for a real one. */
final class InstancePoolIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String NEVER_STARTS = "instance-4";

  @TempDir private Path folder;

  private final Ports ports = new Ports();
  private final HttpClient http = HttpClient.newHttpClient();
  private int port;
  private BuiltInBalancer balancer;
  private volatile boolean isDiskFull;
  private InstancePool pool;

  @BeforeEach
  void start() throws Exception {
    port = ports.free();
    balancer = BuiltInBalancer.start(port, Balancing.DEFAULT);
    pool = new InstancePool(failing(balancer));
    Files.createDirectories(folder.resolve("run"));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            StandIn.class.getName(),
            NEVER_STARTS);
    pool.start(
        new InstanceSettings(
            command, Map.of(), folder, folder, folder.resolve("run"), Duration.ofMillis(250), 3),
        List.of(ports.free(), ports.free()));
  }

  @AfterEach
  void stop() {
    pool.close();
    balancer.close();
    http.close();
  }

  /** Posts, which are never sent twice: a broken one would show. */
  private HttpResponse<String> post() throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .timeout(Duration.ofSeconds(10))
            .POST(BodyPublishers.ofString("x"))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void addedAndRemoved_underRequests_failsNone() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    Set<String> answered = ConcurrentHashMap.newKeySet();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        clients.execute(() -> {
          while (!stop.get()) {
            try {
              HttpResponse<String> answer = post();
              answered.add(answer.body());
              if (answer.statusCode() != 200) {
                wrong.add(answer.statusCode() + " " + answer.body());
              }
            } catch (Exception e) {
              wrong.add(e.toString());
            }
          }
        });
      }
      try {
        assertThat(pool.add(ports.free()).name()).isEqualTo("instance-3");
        await().atMost(LONG).until(() -> answered.contains("instance-3"));
        assertThat(pool.removeOne().name()).isEqualTo("instance-3");
        answered.clear();
        await().atMost(LONG).until(() -> answered.size() == 2);
        assertThat(pool.removeOne().name()).isEqualTo("instance-2");
        answered.clear();
        await().atMost(LONG).until(() -> answered.contains("instance-1"));
        pool.replaceEach(ports::free);
        answered.clear();
        await().atMost(LONG).until(() -> !answered.isEmpty());
      } finally {
        stop.set(true);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(answered).containsExactly("instance-2"); // which came in the first one's place
    assertThatThrownBy(pool::removeOne).isInstanceOf(ServerException.class);
  }

  /** Else a decision that is made meanwhile would add one more than it says. */
  @Test
  void replaced_countsOnceWithItsSuccessor() throws Exception {
    int before = pool.size();
    assertThat(before).isEqualTo(pool.views().size());
    Thread replacing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                pool.replaceEach(ports::free);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> {
          assertThat(pool.size()).isEqualTo(before);
          return pool.views().size() > before;
        });
    assertThat(replacing.join(LONG)).isTrue();
    assertThat(pool.size()).isEqualTo(before).isEqualTo(pool.views().size());
  }

  private InstancePool.View view(String name) {
    return pool.views().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  private void stop(String name) throws Exception {
    Programs.signal(view(name).pid(), "STOP");
  }

  @Test
  void oneThatHangs_isKilledAndStartedAgain() throws Exception {
    long before = view("instance-1").pid();
    stop("instance-1");
    await()
        .atMost(LONG)
        .until(() ->
            view("instance-1").state() == InstanceState.HEALTHY
                && view("instance-1").pid() != before);
    assertThat(ProcessHandle.of(before)).isEmpty();
    assertThat(pool.size()).isEqualTo(2);
    assertThat(post().statusCode()).isEqualTo(200);
  }

  /** Alone it is its own fault, so it gets a new process; both, and it is what they share. */
  @Test
  void oneThatAloneIsUnwell_isReplaced_butNotWhereAllAre() throws Exception {
    Path unwell = folder.resolve("unwell-instance-1");
    Path alsoUnwell = folder.resolve("unwell-instance-2");
    long first = view("instance-1").pid();
    long second = view("instance-2").pid();
    Files.createFile(unwell);
    Files.createFile(alsoUnwell);
    await()
        .atMost(LONG)
        .until(() -> pool.views().stream().allMatch(one -> one.state() == InstanceState.UNHEALTHY));
    Files.delete(alsoUnwell);
    await().atMost(LONG).until(() -> view("instance-1").pid() != first);
    assertThat(view("instance-2").pid()).as("was not replaced").isEqualTo(second);
  }

  /** As NGINX's, whose configuration cannot be written while the disk is full. */
  private Balancer failing(Balancer real) {
    return new Balancer() {
      @Override
      public void route(List<Backend> backends) {
        if (isDiskFull) {
          throw new ServerException("no space left on device");
        }
        real.route(backends);
      }

      @Override
      public boolean isIdle(Backend backend) {
        return real.isIdle(backend);
      }

      @Override
      public Kind kind() {
        return real.kind();
      }

      @Override
      public long pid() {
        return real.pid();
      }

      @Override
      public void close() {
        real.close();
      }
    };
  }

  @Test
  void balancerCannotBeTold_instancesAreKeptRunning_andItIsToldLater() throws Exception {
    isDiskFull = true;
    long before = view("instance-1").pid();
    ProcessHandle.of(before).orElseThrow().destroyForcibly();
    await()
        .atMost(LONG)
        .until(() ->
            view("instance-1").pid() != before
                && view("instance-1").state() == InstanceState.HEALTHY);
    Files.createFile(folder.resolve("unwell-instance-2"));
    await().atMost(LONG).until(() -> view("instance-2").state() == InstanceState.UNHEALTHY);
    isDiskFull = false;
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          for (int i = 0; i < 4; i++) {
            assertThat(post().body()).isEqualTo("instance-1");
          }
        });
  }

  @Test
  void removed_whileOneIsUnhealthy_isTheUnhealthyOne() throws Exception {
    pool.add(ports.free());
    Path unwell = Files.createFile(folder.resolve("unwell-instance-2"));
    await().atMost(LONG).until(() -> view("instance-2").state() == InstanceState.UNHEALTHY);
    assertThat(pool.removeOne().name()).isEqualTo("instance-2");
    Files.delete(unwell);
    assertThat(pool.views())
        .extracting(InstancePool.View::state)
        .containsExactly(InstanceState.HEALTHY, InstanceState.HEALTHY);
  }

  @Test
  void oneThatDoesNotStart_isGoneAgain_andTheOthersServe() throws Exception {
    pool.add(ports.free());
    assertThatThrownBy(() -> pool.add(ports.free()))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(NEVER_STARTS);
    List<String> names = new ArrayList<>();
    pool.views().forEach(view -> names.add(view.name()));
    assertThat(names).containsExactly("instance-1", "instance-2", "instance-3");
    assertThat(pool.size()).isEqualTo(3);
    assertThat(post().statusCode()).isEqualTo(200);
  }

  @Test
  void closedWhileOneStarts_leavesNoProcess() throws Exception {
    Thread adding =
        Thread.ofVirtual()
            .start(() -> {
              try {
                pool.add(ports.free());
              } catch (ServerException | InterruptedException e) {
                // it was closed
              }
            });
    Path pidFile = folder.resolve("run/instance-3.pid");
    await().atMost(LONG).until(() -> Files.exists(pidFile) && Files.size(pidFile) > 0);
    String written = Files.readString(pidFile);
    long pid = Long.parseLong(written.substring(0, written.indexOf(' ')));
    pool.close();
    assertThat(adding.join(LONG)).isTrue();
    await().atMost(LONG).until(() -> ProcessHandle.of(pid).isEmpty());
    Files.deleteIfExists(pidFile);
    assertThatThrownBy(() -> pool.add(ports.free())).isInstanceOf(ServerException.class);
    assertThat(pidFile).doesNotExist(); // none was started any more
  }
}
