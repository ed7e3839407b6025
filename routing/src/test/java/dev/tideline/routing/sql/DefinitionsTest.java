package dev.tideline.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.routing.sql.Definitions.Kind;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whoever uses what may write, may write. */
final class DefinitionsTest {

  private final Definitions definitions = new Definitions(true);
  private final Map<String, String> marked = new TreeMap<>();

  private void spread(Set<String> names, boolean fromOpaque) {
    definitions.spread(
        name -> names.contains(name) || marked.containsKey(name),
        fromOpaque,
        (definition, used) -> marked.put(definition.name(), used.orElse("")));
  }

  @Test
  void spread_reachesUsersOfUsers_inAnyOrder() {
    definitions.add(Kind.VIEW, "top", "SELECT * FROM middle");
    definitions.add(Kind.VIEW, "middle", "SELECT low()");
    definitions.add(Kind.FUNCTION, "low", "SELECT nextval('s')");
    definitions.add(Kind.VIEW, "other", "SELECT 'nextval' AS a");
    spread(Set.of("nextval"), false);
    assertThat(marked)
        .containsExactly(
            Map.entry("low", "nextval"), Map.entry("middle", "low"), Map.entry("top", "middle"));
  }

  @Test
  void spread_ofSigns() {
    definitions.add(Kind.FUNCTION, "signs", "SELECT @!@ x");
    definitions.add(Kind.FUNCTION, "sums", "SELECT 1 + x");
    spread(Set.of("@!@"), false);
    assertThat(marked).containsExactly(Map.entry("signs", "@!@"));
  }

  @Test
  void textThatCannotBeRead_orRunsOrWrites_isOpaque() {
    definitions.add(Kind.FUNCTION, "unread", "SELECT 'no end");
    definitions.add(Kind.FUNCTION, "runs", "BEGIN EXECUTE x; END");
    definitions.add(Kind.FUNCTION, "writes", "INSERT INTO t VALUES (1)");
    definitions.add(Kind.FUNCTION, "reads", "SELECT 1");
    spread(Set.of(), false);
    assertThat(marked).isEmpty();
    spread(Set.of(), true);
    assertThat(marked).containsOnlyKeys("unread", "runs", "writes");
  }
}
