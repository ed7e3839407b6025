package dev.tideline.service.config;

import dev.tideline.engine.features.FeatureStore;
import dev.tideline.engine.suggest.SuggestionStore;
import dev.tideline.service.config.InstanceConfig.InvalidConfigException;
import java.util.Map;

/**
 * Settings of jobs, from the environment of whatever runs them.
 *
 * @param eventDailyCap of one user or session, how many events of a type and a product count in a
 *     day; 1 or more
 * @param suggestionActorsMin how many users and sessions must have asked a query before it is
 *     suggested; 1 or more
 */
public record JobConfig(int eventDailyCap, int suggestionActorsMin) {

  public static final JobConfig DEFAULT =
      new JobConfig(FeatureStore.DAILY_CAP, SuggestionStore.ACTORS_MIN);

  private static final int MAX = 1_000_000;

  /**
   * Reads the settings.
   *
   * @throws InvalidConfigException with all problems, not only the first
   */
  public static JobConfig from(Map<String, String> environment) {
    EnvironmentReader reader = new EnvironmentReader(environment);
    JobConfig config =
        new JobConfig(
            reader.integer("TIDELINE_EVENT_DAILY_CAP", DEFAULT.eventDailyCap, 1, MAX),
            reader.integer("TIDELINE_SUGGESTION_ACTORS_MIN", DEFAULT.suggestionActorsMin, 1, MAX));
    if (!reader.problems().isEmpty()) {
      throw new InvalidConfigException(reader.problems());
    }
    return config;
  }
}
