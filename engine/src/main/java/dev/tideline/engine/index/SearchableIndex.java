package dev.tideline.engine.index;

import dev.tideline.engine.words.Synonyms.Rule;
import dev.tideline.routing.token.Position;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** An index that shows what a search requires, or nothing. Thread-safe. */
public interface SearchableIndex {

  /**
   * Reads the index when it shows writes up to some positions; waits a short time for that.
   *
   * @param wanted none for the index as it is
   * @return empty if there is no index, or it cannot show them in time
   */
  <R> Optional<R> read(List<Position> wanted, Function<IndexView, R> work);

  /** The shop's synonyms; the same list until they change. */
  List<Rule> synonyms();
}
