package dev.tideline.routing.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SessionDefaultsTest {

  private static final PoolSettings POOLS =
      new PoolSettings(1, Duration.ofSeconds(1), Duration.ofSeconds(7));

  private static final String COMMON =
      "-c default_transaction_isolation=read\\ committed -c default_transaction_deferrable=off"
          + " -c standard_conforming_strings=on -c idle_session_timeout=0 -c statement_timeout=";

  @Test
  void options_forReads_areReadOnly() {
    assertThat(SessionDefaults.forReads(POOLS).options())
        .isEqualTo(COMMON + "7000 -c default_transaction_read_only=on");
  }

  @Test
  void options_forWrites_leaveTheCommitToTheOperatorUnlessItIsAsynchronous() {
    assertThat(SessionDefaults.forWrites(POOLS).options()).isEqualTo(COMMON + "7000");
    assertThat(SessionDefaults.forWrites(POOLS).withSynchronousCommit().options())
        .isEqualTo(COMMON + "7000 -c synchronous_commit=on");
  }

  @Test
  void options_forPolls_waitForNobody() {
    assertThat(SessionDefaults.forPolls(ProbeSettings.DEFAULT).options())
        .isEqualTo(COMMON + "2000 -c lock_timeout=100 -c synchronous_commit=local");
  }
}
