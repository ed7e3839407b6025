package dev.tideline.engine.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a job stands.
 *
 * @param received events of transactions before this one have been taken in; empty before the first
 *     run
 * @param rows changed by the last run
 */
public record JobState(
    String job,
    Optional<Long> received,
    long rows,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {}
