package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import java.util.OptionalLong;

/**
 * Remembers how far a history had come, beyond the life of one router: a primary that shows less
 * was set back, and begins a new epoch. Called about once a second, off the way of requests; what
 * it cannot do at the moment it leaves out. Thread-safe.
 */
public interface PositionLedger {

  /** Remembers nothing; then only what this router saw itself counts. */
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
