package dev.tideline.engine.jobs;

/**
 * Settings of jobs.
 *
 * @param eventDailyCap how many events of one user or session, type and product count in a day; 1
 *     or more
 * @param suggestionActorsMin how many users and sessions must have sent a query before it is
 *     suggested; 1 or more
 */
public record JobSettings(int eventDailyCap, int suggestionActorsMin) {

  public static final JobSettings DEFAULT = new JobSettings(1, 3);
}
