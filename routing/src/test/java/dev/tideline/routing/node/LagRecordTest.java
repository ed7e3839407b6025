package dev.tideline.routing.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LagRecordTest {

  private final LagRecord lags = new LagRecord();

  private static Sighting said(long lsn, long beatSeconds) {
    return new Sighting(true, "e", lsn, 1, true, "s", beatSeconds * 1_000_000);
  }

  private void primary(long lsn, long beatSeconds, long second) {
    lags.primarySaid(said(lsn, beatSeconds), TimeUnit.SECONDS.toNanos(second));
  }

  @Test
  void lag_beforeThePrimaryWasHeard_isUnknown() {
    assertThat(lags.lag(said(100, 10))).isNull();
    assertThat(lags.lagBytes(said(100, 10))).isEqualTo(-1);
  }

  @Test
  void lag_isTheDifferenceOfHeartbeats() {
    primary(500, 70, 0);
    assertThat(lags.lag(said(400, 8))).isEqualTo(Duration.ofSeconds(62));
    assertThat(lags.lagBytes(said(400, 8))).isEqualTo(100);
  }

  @Test
  void lag_ofOneThatHasAllThePrimaryHad_isNone() {
    primary(500, 70, 0);
    assertThat(lags.lag(said(500, 69))).isZero();
    assertThat(lags.lag(said(600, 71))).isZero();
    assertThat(lags.lagBytes(said(600, 71))).isZero();
  }

  @Test
  void lag_withoutHeartbeats_isSinceThePrimaryWasWhereTheReplicaIs() {
    for (int second = 0; second <= 90; second++) {
      primary(1_000 + second, 0, second);
    }
    assertThat(lags.lag(said(1_090, 0))).isZero();
    assertThat(lags.lag(said(1_060, 0))).isEqualTo(Duration.ofSeconds(30));
    assertThat(lags.lag(said(1, 0))).isEqualTo(Duration.ofSeconds(90)); // at least
  }

  @Test
  void lag_ofAnIdlePrimaryWithoutHeartbeats_isNone() {
    for (int second = 0; second <= 90; second++) {
      primary(1_000, 0, second);
    }
    assertThat(lags.lag(said(1_000, 0))).isZero();
  }

  @Test
  void lag_afterThePrimaryChanged_isUnknownUntilTheNewOneIsHeard() {
    primary(500, 70, 0);
    lags.primaryChanged();
    assertThat(lags.lag(said(400, 8))).isNull();
    primary(300, 71, 1);
    assertThat(lags.lag(said(250, 70))).isEqualTo(Duration.ofSeconds(1));
  }
}
