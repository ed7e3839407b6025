package dev.tideline.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.process.LogRotation;
import dev.tideline.embedded.process.Ports;
import dev.tideline.fleet.autoscaling.Autoscaler;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import dev.tideline.fleet.balancer.Balancer;
import dev.tideline.fleet.instance.InstanceSettings;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.Thresholds;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FleetStartIT {

  private static final Duration LONG = Duration.ofMinutes(3);

  @TempDir Path folder;

  private FleetConfig config() {
    Ports ports = new Ports();
    return new FleetConfig(
        folder.resolve("data"),
        ports.free(),
        ports.free(),
        1,
        0,
        Balancer.Kind.BUILT_IN,
        Balancer.Balancing.DEFAULT,
        InstanceSettings.HEALTH_INTERVAL,
        new ScalingConfig(
            ScalingConfig.Mode.OFF,
            Thresholds.DEFAULT,
            PredictivePolicy.Settings.DEFAULT,
            Autoscaler.Settings.INTERVAL,
            Duration.ZERO),
        LogRotation.Settings.DEFAULT,
        List.of("false"));
  }

  /** What waits for a database heeds no interrupt: it must not be waited for. */
  @Test
  void start_interruptedWhileDataIsLoaded_endsAtOnceAndLeavesNothing() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    Fleet.Bootstrap slow =
        (url, user, password) -> {
          try (Connection connection = DriverManager.getConnection(url, user, password);
              Statement statement = connection.createStatement()) {
            loading.countDown();
            statement.execute("SELECT pg_sleep(600)");
          }
        };
    FutureTask<Fleet> starting = new FutureTask<>(() -> Fleet.start(config(), slow, line -> {}));
    Thread main = Thread.ofPlatform().start(starting);
    await().atMost(LONG).until(() -> loading.getCount() == 0 || starting.isDone());
    assertThat(starting).isNotDone();
    main.interrupt();
    assertThat(main.join(LONG)).isTrue();
    assertThat(starting.exceptionNow()).isInstanceOf(InterruptedException.class);
    String data = folder.resolve("data").toString();
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(process -> process.info().commandLine().orElse("").contains(data));
    assertThat(folder.resolve("data/run/supervisor.json")).doesNotExist();
  }
}
