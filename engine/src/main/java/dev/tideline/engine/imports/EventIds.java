package dev.tideline.engine.imports;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Creates ids for imported events that have none. The same row of the same source has the same id
 * in every import.
 */
final class EventIds {

  private EventIds() {}

  /**
   * Creates an id of version 3. It does not depend on the file's name, so a file that is renamed or
   * split yields the same events.
   *
   * @param occurrence 1 for the first of identical rows
   */
  static UUID of(String source, String row, int occurrence) {
    String name = source + '\u0000' + row + '\u0000' + occurrence;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }
}
