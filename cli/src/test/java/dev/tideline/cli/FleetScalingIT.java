package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A fleet that grows and shrinks by itself, with windows of seconds in place of minutes. */
final class FleetScalingIT extends FleetTestCase {

  /** What an instance is said to take, a second: little, so that the machine is not the limit. */
  private static final int CAPACITY = 10;

  private static final int RATE = 40;

  private int instances() throws InterruptedException {
    return tideline.status().get("instances").size();
  }

  private List<JsonNode> events() throws InterruptedException {
    List<JsonNode> events = new ArrayList<>();
    tideline.status().get("scaling").get("events").forEach(events::add);
    return events;
  }

  private void load(AtomicBoolean stop, Queue<String> wrong, AtomicInteger sent) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (!stop.get()) {
        threads.execute(() -> {
          sent.incrementAndGet();
          try {
            HttpResponse<String> answer = get("/v1/trending");
            if (answer.statusCode() != 200) {
              wrong.add(answer.statusCode() + " " + answer.body());
            }
          } catch (Exception e) {
            wrong.add(e.toString());
          }
        });
        TimeUnit.NANOSECONDS.sleep(Duration.ofSeconds(1).toNanos() / RATE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void load_addsOneAtATimeUpToTheMost_andQuietRemovesThem_withoutAFailedRequest() throws Exception {
    up(
        "--empty",
        "--instances=1",
        "--replicas=0",
        "--max=3",
        "--capacity=" + CAPACITY,
        "--up-minutes=0.05",
        "--down-minutes=0.1",
        "--cooldown-minutes=0.05",
        "--scaling-interval=0.5s",
        "--scaling-warm-up=1s");
    AtomicBoolean stop = new AtomicBoolean();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    AtomicInteger sent = new AtomicInteger();
    Thread load = Thread.ofVirtual().start(() -> load(stop, wrong, sent));
    try {
      await().atMost(LONG).until(() -> instances() == 3);
      JsonNode killed = tideline.status().get("instances").get(0);
      kill(killed);
      await()
          .atMost(LONG)
          .until(
              () -> tideline.status().get("scaling").get("holds").toString().contains("maximum"));
    } finally {
      stop.set(true);
      load.join();
    }
    await().atMost(LONG).until(() -> instances() == 1);
    assertThat(wrong).isEmpty();
    assertThat(sent).hasPositiveValue();

    List<JsonNode> events = events();
    assertThat(events)
        .allSatisfy(event -> {
          int change =
              event.get("to_instances").intValue() - event.get("from_instances").intValue();
          boolean up = event.get("action").stringValue().equals("scale_up");
          assertThat(change).isEqualTo(up ? 1 : -1);
          assertThat(event.get("reasons").toString()).contains("request rate");
          assertThat(event.has("failure")).isFalse();
        });
    assertThat(events).hasSizeGreaterThanOrEqualTo(4);
    assertThat(metrics())
        .contains("auto_scaling_events_total{action=\"scale_up\"}", "instances_running_total 1.0");
    assertThat(tideline.run("status").out())
        .contains("autoscaling on: 1 to 3 instances", "scale_down");
  }

  private String metrics() throws Exception {
    URI control = URI.create("http://127.0.0.1:" + controlPort + "/metrics");
    return http.send(HttpRequest.newBuilder(control).build(), BodyHandlers.ofString()).body();
  }

  @Test
  void limitsThatDoNotFit_areRefused() throws Exception {
    assertThat(tideline.run(upCommand("--down-cpu=90")).err()).contains("CPU", "90 %");
    assertThat(tideline.run(upCommand("--min=5", "--max=3")).exitCode()).isEqualTo(1);
  }
}
