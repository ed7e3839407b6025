package dev.tideline.routing.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ConnectionBudgetTest {

  private static final ConnectionBudget FIXED = new ConnectionBudget(10, 20, false);
  private static final ConnectionBudget SHRINKING = new ConnectionBudget(10, 20, true);

  @Test
  void sizeAtMost_isWhatIsWantedOrWhatFits() {
    assertThat(FIXED.fitting(320)).isEqualTo(28);
    assertThat(FIXED.sizeAtMost(320, 28)).isEqualTo(28);
    assertThat(FIXED.sizeAtMost(320, 29)).isEqualTo(28);
    assertThat(FIXED.sizeAtMost(320, 5)).isEqualTo(5);
    assertThat(FIXED.fitting(49)).isZero(); // 29 for ten, less two each
  }

  @Test
  void poolSize_tooLarge_shrinksOrIsRefused() {
    assertThat(SHRINKING.poolSize("n", 320, 29)).isEqualTo(28);
    assertThat(SHRINKING.poolSize("n", 50, 29)).isEqualTo(1);
    assertThat(FIXED.poolSize("n", 320, 28)).isEqualTo(28);
    assertThatThrownBy(() -> FIXED.poolSize("n", 320, 29))
        .isInstanceOf(ConnectionBudget.ExceededException.class)
        .hasMessageContaining("pools of 28 would fit");
    assertThatThrownBy(() -> SHRINKING.poolSize("n", 49, 29))
        .isInstanceOf(ConnectionBudget.ExceededException.class)
        .hasMessageContaining("not one connection for each instance would fit");
  }
}
