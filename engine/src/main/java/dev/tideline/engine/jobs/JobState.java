package dev.tideline.engine.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * The state of a job.
 *
 * @param received the transaction before which all events have been added; empty before the first
 *     run
 * @param rows rows changed by the last run
 */
public record JobState(
    String job,
    Optional<Long> received,
    long rows,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {}
