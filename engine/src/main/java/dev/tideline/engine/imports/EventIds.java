package dev.tideline.engine.imports;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Ids of imported events that bring none: the same row of the same source has the same id whenever
 * it is imported.
 */
final class EventIds {

  private EventIds() {}

  /**
   * An id of version 3. The name of the file is no part of it: a file that is renamed, or parted,
   * brings the same events.
   *
   * @param occurrence 1 for the first of rows that are the same
   */
  static UUID of(String source, String row, int occurrence) {
    String name = source + '\u0000' + row + '\u0000' + occurrence;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }
}
