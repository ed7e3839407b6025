package dev.tideline.service.config;

import dev.tideline.engine.jobs.JobSettings;
import dev.tideline.service.config.InstanceConfig.InvalidConfigException;
import java.util.Map;

/** Reads the settings of jobs from the environment of whatever runs them. */
public final class JobConfig {

  private static final int MAX = 1_000_000;

  private JobConfig() {}

  /**
   * Reads the settings.
   *
   * @throws InvalidConfigException with all problems, not only the first
   */
  public static JobSettings from(Map<String, String> environment) {
    EnvironmentReader reader = new EnvironmentReader(environment);
    JobSettings defaults = JobSettings.DEFAULT;
    JobSettings settings =
        new JobSettings(
            reader.integer("TIDELINE_EVENT_DAILY_CAP", defaults.eventDailyCap(), 1, MAX),
            reader.integer(
                "TIDELINE_SUGGESTION_ACTORS_MIN", defaults.suggestionActorsMin(), 1, MAX));
    if (!reader.problems().isEmpty()) {
      throw new InvalidConfigException(reader.problems());
    }
    return settings;
  }
}
