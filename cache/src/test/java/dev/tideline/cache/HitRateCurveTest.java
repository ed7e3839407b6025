package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the hit rate would be at half, the same and twice the size. */
final class HitRateCurveTest {

  /** Of each simulated cache a sixteenth: 5, 10 and 20 entries of ten bytes. */
  private final HitRateCurve curve = new HitRateCurve(16 * 100);

  private double rate(int size) {
    return curve.hitRate(size).orElseThrow();
  }

  private void round(int keys) {
    for (int i = 0; i < keys; i++) {
      curve.access("k" + i, 10, true);
    }
  }

  @Test
  void withoutRequests_nothingIsSaid() {
    assertThat(curve.hitRate(1)).isEmpty();
  }

  @Test
  void keysByTurns_fitOrDoNot() {
    round(15);
    round(15);
    assertThat(rate(0)).isZero();
    assertThat(rate(1)).isZero();
    assertThat(rate(2)).isEqualTo(0.5);
    round(5);
    assertThat(rate(1)).as("the least recently used are gone").isZero();
    round(5);
    assertThat(rate(1)).isEqualTo(5.0 / 40);
    assertThat(rate(0)).isEqualTo(5.0 / 40);
    assertThat(rate(2)).isEqualTo(25.0 / 40);
  }

  @Test
  void entryThatWasNotFitToBeServed_isNoHit() {
    curve.access("k", 10, true);
    curve.access("k", 10, false);
    assertThat(rate(1)).isZero();
    curve.access("k", 10, true);
    assertThat(rate(1)).isEqualTo(1.0 / 3);
  }

  @Test
  void keyThatGrows_takesMore() {
    for (int i = 0; i < 4; i++) {
      curve.access("k" + i, 10, true);
    }
    curve.access("k0", 40, true); // 70 of 50, 100 and 200
    curve.access("k3", 10, true);
    curve.access("k1", 10, true);
    assertThat(rate(1)).isEqualTo(3.0 / 7);
    assertThat(rate(0)).as("k1 and k2 have made room").isEqualTo(2.0 / 7);
  }

  @Test
  void oneKeyOfSixteen_isFollowed() {
    long followed =
        IntStream.range(0, 16_000).filter(i -> HitRateCurve.follows("product:" + i)).count();
    assertThat(followed).isBetween(700L, 1_300L);
  }
}
