package dev.tideline.service.http;

import dev.tideline.engine.jobs.JobState;
import dev.tideline.engine.jobs.JobStore;
import io.helidon.http.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of operators about jobs. */
final class JobEndpoints {

  private static final double MILLIS = 1e3;

  private final JobStore store;

  JobEndpoints(JobStore store) {
    this.store = store;
  }

  List<Route> routes() {
    return List.of(Route.admin(Method.GET, "/admin/v1/jobs", this::jobs));
  }

  record Job(
      String job,
      String state,
      long rows,
      @Nullable Long watermark,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable Double durationSeconds) {

    static Job of(JobState state) {
      Instant started = state.startedAt().orElse(null);
      Instant ended = state.endedAt().orElse(null);
      boolean done = started != null && ended != null && !ended.isBefore(started);
      return new Job(
          state.job(),
          done ? "done" : "running or interrupted",
          state.rows(),
          state.received().orElse(null),
          started,
          ended,
          done ? Duration.between(started, ended).toMillis() / MILLIS : null);
    }
  }

  record Jobs(List<Job> jobs) {}

  private Answer jobs(Call call) {
    call.parameters().check();
    return Answer.ok(new Jobs(store.states(call.sql()).stream().map(Job::of).toList()));
  }
}
