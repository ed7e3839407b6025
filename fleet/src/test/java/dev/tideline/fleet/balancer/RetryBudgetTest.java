package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RetryBudgetTest {

  private final RetryBudget budget = new RetryBudget();

  private int spendAll() {
    int retries = 0;
    while (retries < 1_000_000 && budget.tryWithdraw()) {
      retries++;
    }
    return retries;
  }

  @Test
  void reserve_isThereAtOnce_andThenATenthOfWhatComes() {
    assertThat(spendAll()).isEqualTo(RetryBudget.RESERVE);
    for (int i = 0; i < 1_000; i++) {
      budget.deposit();
    }
    assertThat(spendAll()).isEqualTo(100);
  }

  @Test
  void everyRequestFailing_isSentAgainForATenthAtMost() {
    spendAll();
    int retries = 0;
    for (int i = 0; i < 10_000; i++) {
      budget.deposit();
      retries += budget.tryWithdraw() ? 1 : 0;
    }
    assertThat(retries).isEqualTo(1_000);
  }

  @Test
  void savings_haveABound() {
    for (int i = 0; i < 1_000_000; i++) {
      budget.deposit();
    }
    assertThat(spendAll()).isEqualTo(RetryBudget.MAX);
  }
}
