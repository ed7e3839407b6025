package dev.tideline.engine.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.input.OverloadedException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConflictsTest {

  private final AtomicInteger runs = new AtomicInteger();

  private String failing(int times, String state) throws SQLException {
    return Conflicts.retry(() -> {
      if (runs.incrementAndGet() <= times) {
        throw new IllegalStateException("wrapped", new SQLException("no", state));
      }
      return "done";
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"40P01", "40001"})
  void retry_conflict_runsAgain(String state) throws SQLException {
    assertThat(failing(Conflicts.ATTEMPTS_MAX - 1, state)).isEqualTo("done");
    assertThat(runs).hasValue(Conflicts.ATTEMPTS_MAX);
  }

  @Test
  void retry_conflictEveryTime_saysThatNothingWasChanged() {
    assertThatThrownBy(() -> failing(100, "40P01"))
        .isInstanceOf(OverloadedException.class)
        .hasMessageContaining("nothing was changed");
    assertThat(runs).hasValue(Conflicts.ATTEMPTS_MAX);
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "08006", "57014"})
  void retry_otherFailures_areThrownAtOnce(String state) {
    assertThatThrownBy(() -> failing(1, state)).isInstanceOf(IllegalStateException.class);
    assertThat(runs).hasValue(1);
  }
}
