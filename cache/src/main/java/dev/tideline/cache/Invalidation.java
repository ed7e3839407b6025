package dev.tideline.cache;

import java.time.Duration;
import java.util.List;

/**
 * A write that made entries stale.
 *
 * @param id of the record in the log
 * @param position from which on a read shows the write; 0 while it has none yet
 * @param reason why, from a closed set
 * @param age since it was recorded
 */
public record Invalidation(
    long id, List<String> tags, long position, String reason, Duration age) {}
