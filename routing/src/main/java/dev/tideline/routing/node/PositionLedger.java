package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import java.util.OptionalLong;

/**
 * Remembers the highest position of a history beyond the lifetime of one router. A primary that is
 * behind it was set back, and starts a new epoch. Called about once a second, outside the path of
 * requests; it skips what it cannot do at the moment. Thread-safe.
 */
public interface PositionLedger {

  /** Remembers nothing, so only what this router has seen counts. */
  PositionLedger NONE =
      new PositionLedger() {
        @Override
        public OptionalLong highest(String epoch) {
          return OptionalLong.empty();
        }

        @Override
        public void record(Position position) {}
      };

  /** The highest LSN recorded in an epoch. */
  OptionalLong highest(String epoch);

  void record(Position position);
}
