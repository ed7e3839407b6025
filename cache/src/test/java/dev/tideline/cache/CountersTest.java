package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CountersTest {

  private final List<String> told = new ArrayList<>();

  private final Counters counters =
      new Counters(
          "c",
          new CacheListener() {
            @Override
            public void asked(Tier tier, String cache, Verdict verdict) {
              told.add(cache + " asked " + tier + " " + verdict);
            }

            @Override
            public void answered(String cache, Cached.Source source) {
              told.add(cache + " answered " + source);
            }

            @Override
            public void loaded(String cache, Duration duration) {
              told.add(cache + " loaded " + duration.toMillis());
            }

            @Override
            public void failed(String cache) {
              told.add(cache + " failed");
            }

            @Override
            public void warmed(String cache) {
              told.add(cache + " warmed");
            }

            @Override
            public void warmedHit(String cache) {
              told.add(cache + " warmed hit");
            }

            @Override
            public void joinRejected(String cache) {
              told.add(cache + " join rejected");
            }
          });

  @Test
  void everything_isTold() {
    counters.asked(Tier.LOCAL, Verdict.HIT);
    counters.answered(Cached.Source.LOADED);
    counters.loaded(3_000_000);
    counters.failed();
    counters.warmed();
    counters.warmedHit();
    counters.joinRejected();
    assertThat(told)
        .containsExactly(
            "c asked LOCAL HIT",
            "c answered LOADED",
            "c loaded 3",
            "c failed",
            "c warmed",
            "c warmed hit",
            "c join rejected");
  }

  @Test
  void verdicts_areCountedByTier_whatNeverHappenedIsLeftOut() {
    counters.asked(Tier.LOCAL, Verdict.HIT);
    counters.asked(Tier.LOCAL, Verdict.HIT);
    counters.asked(Tier.REDIS, Verdict.MISSING);
    assertThat(counters.verdicts())
        .containsEntry(Tier.LOCAL, Map.of(Verdict.HIT, 2L))
        .containsEntry(Tier.REDIS, Map.of(Verdict.MISSING, 1L));
    assertThat(Verdict.HIT_BY_STAMP.label()).isEqualTo("hit_by_stamp");
  }

  @Test
  void loads_haveTheirMean() {
    assertThat(counters.loads()).isZero();
    assertThat(counters.loadMillis()).isZero();
    counters.loaded(2_000_000);
    counters.loaded(5_000_000);
    assertThat(counters.loads()).isEqualTo(2);
    assertThat(counters.loadMillis()).isEqualTo(3.5);
  }
}
