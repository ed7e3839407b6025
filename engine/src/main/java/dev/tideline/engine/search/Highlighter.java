package dev.tideline.engine.search;

import java.util.Optional;

/**
 * Marks in texts what a search looked for, for HTML: the marks are {@code <mark>} elements, all
 * else is escaped. Thread-safe.
 */
public interface Highlighter {

  /** Marks nothing. */
  Highlighter NONE =
      new Highlighter() {
        @Override
        public Optional<String> mark(String text) {
          return Optional.empty();
        }

        @Override
        public Optional<String> snippet(String text) {
          return Optional.empty();
        }
      };

  /** The whole text; empty if nothing in it is marked. */
  Optional<String> mark(String text);

  /** The part of a long text around the first marked word; empty if nothing in it is marked. */
  Optional<String> snippet(String text);
}
