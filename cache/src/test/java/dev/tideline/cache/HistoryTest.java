package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an instance knows of invalidations only grows. */
final class HistoryTest {

  private static final String EPOCH = "e";

  private final History history = new History(EPOCH);

  @BeforeEach
  void knowAllFrom100To200() {
    learn(100, 200);
  }

  private static Invalidation row(long position, String... tags) {
    return new Invalidation(position, List.of(tags), position, "test", Duration.ZERO);
  }

  private void learn(long from, long readAt, Invalidation... rows) {
    history.learn(List.of(rows), List.of(), from, readAt);
  }

  private static Entry<String> entry(long position, String... tags) {
    return new Entry<>(
        new Entry.Name("cache", "key"),
        "v",
        new Stamp(EPOCH, position),
        List.of(tags),
        new Entry.Times(0, 1, 1_000, 2_000),
        1);
  }

  private Verdict judge(Entry<String> entry) {
    return history.judge(entry, Freshness.EVENTUAL, OpenTag.NONE, 0);
  }

  private Verdict judge(Entry<String> entry, long goal) {
    Freshness freshness = new Freshness.AtLeast(List.of(new Stamp(EPOCH, goal)));
    return history.judge(entry, freshness, OpenTag.NONE, 0);
  }

  @Test
  void beforeTheFirstRead_nothingIsKnown() {
    History fresh = new History(EPOCH);
    assertThat(fresh.hasStarted()).isFalse();
    assertThat(fresh.horizon()).isZero();
    assertThat(fresh.furthest()).isZero();
    assertThat(fresh.epoch()).isEqualTo(EPOCH);
    assertThat(fresh.judge(entry(100, "a"), Freshness.EVENTUAL, OpenTag.NONE, 0))
        .isEqualTo(Verdict.BELOW_FLOOR);
  }

  @Test
  void horizon_neverGoesBack() {
    assertThat(history.hasStarted()).isTrue();
    assertThat(history.horizon()).isEqualTo(200);
    learn(0, 150);
    assertThat(history.horizon()).as("an older read ends later").isEqualTo(200);
    assertThat(judge(entry(120, "a"), 180)).isEqualTo(Verdict.HIT_BY_HORIZON);
    learn(0, 300);
    assertThat(history.horizon()).isEqualTo(300);
  }

  @Test
  void floor_neverFalls() {
    assertThat(history.floor()).isEqualTo(100);
    learn(0, 210);
    assertThat(history.floor()).as("nothing older was learned").isEqualTo(100);
    assertThat(judge(entry(99, "a"))).isEqualTo(Verdict.BELOW_FLOOR);
    assertThat(judge(entry(100, "a"))).isEqualTo(Verdict.HIT);
    learn(205, 220);
    assertThat(history.floor()).isEqualTo(205);
    learn(150, 230);
    assertThat(history.floor()).isEqualTo(205);
    assertThat(judge(entry(204, "a"))).isEqualTo(Verdict.BELOW_FLOOR);
  }

  @Test
  void tag_isKeptAtItsLastInvalidation() {
    assertThat(history.invalidate(List.of("a"), 110)).isTrue();
    assertThat(history.invalidate(List.of("a"), 130)).as("later").isTrue();
    assertThat(judge(entry(120, "a"))).isEqualTo(Verdict.STALE);
    assertThat(judge(entry(130, "a"))).isEqualTo(Verdict.HIT);
    assertThat(history.invalidate(List.of("a"), 130)).as("the same").isFalse();
    assertThat(history.invalidate(List.of("a"), 115)).as("earlier, heard late").isFalse();
    assertThat(judge(entry(129, "a"))).isEqualTo(Verdict.STALE);
  }

  @Test
  void rowsInAnyOrder_leaveTheLastPosition() {
    learn(0, 300, row(250, "a"), row(220, "a"), row(260, "b"), row(210, "b"));
    assertThat(judge(entry(249, "a"))).isEqualTo(Verdict.STALE);
    assertThat(judge(entry(250, "a"))).isEqualTo(Verdict.HIT);
    assertThat(judge(entry(259, "b"))).isEqualTo(Verdict.STALE);
    assertThat(judge(entry(260, "b"))).isEqualTo(Verdict.HIT);
  }

  @Test
  void entryThatWasValid_isJudgedAnewAfterEachNews() {
    Entry<String> kept = entry(150, "a");
    assertThat(judge(kept)).isEqualTo(Verdict.HIT);
    history.invalidate(List.of("b"), 160);
    assertThat(judge(kept)).as("another's tag").isEqualTo(Verdict.HIT);
    history.invalidate(List.of("a"), 160);
    assertThat(judge(kept)).as("its own").isEqualTo(Verdict.STALE);

    Entry<String> other = entry(150, "c");
    assertThat(judge(other)).isEqualTo(Verdict.HIT);
    learn(0, 200, row(170, "c"));
    assertThat(judge(other)).as("by the log").isEqualTo(Verdict.STALE);
  }

  @Test
  void ownWrite_movesNeitherHorizonNorFurthest() {
    history.invalidate(List.of("a"), 900);
    assertThat(history.horizon()).isEqualTo(200);
    assertThat(history.furthest()).isEqualTo(200);
  }

  @Test
  void furthest_isTheHighestThatTheDatabaseHasShown() {
    assertThat(judge(entry(201, "a"))).isEqualTo(Verdict.BEYOND_KNOWN);
    history.observe(201);
    assertThat(judge(entry(201, "a"))).isEqualTo(Verdict.HIT);
    history.observe(150);
    assertThat(history.furthest()).as("never back").isEqualTo(201);
    learn(0, 210, row(240, "b"));
    assertThat(history.furthest()).as("of a row past the read").isEqualTo(240);
  }

  @Test
  void openRow_closesItsTags_untilARowlessRead() {
    Entry<String> lamp = entry(150, "a");
    history.learn(List.of(), List.of(List.of("a", "b")), 0, 210);
    assertThat(judge(lamp)).isEqualTo(Verdict.CLOSED);
    assertThat(judge(entry(150, "c"))).isEqualTo(Verdict.HIT);
    learn(0, 220);
    assertThat(judge(lamp)).isEqualTo(Verdict.HIT);
  }

  @Test
  void clearedKeys_matchFromEndToEnd_andOlderEntriesOnly() {
    history.invalidate(List.of("keys:cache:k*y"), 150);
    assertThat(judge(entry(149))).isEqualTo(Verdict.STALE);
    assertThat(judge(entry(150))).isEqualTo(Verdict.HIT);
    history.invalidate(List.of("keys:ache:*"), 160);
    assertThat(judge(entry(155))).as("not from its beginning").isEqualTo(Verdict.HIT);
    history.invalidate(List.of("keys:cache:k.*"), 170);
    assertThat(judge(entry(165))).as("a point is a point").isEqualTo(Verdict.HIT);
    history.invalidate(List.of("keys:*"), 180);
    assertThat(judge(entry(175))).isEqualTo(Verdict.STALE);
  }

  @Test
  void morePatternsThanAreRemembered_clearAllThatIsOlder() {
    for (int i = 0; i < 100; i++) {
      history.invalidate(List.of("keys:cache:other" + i), 110 + i);
    }
    assertThat(history.floor()).isEqualTo(100);
    assertThat(judge(entry(105, "a"))).isEqualTo(Verdict.HIT);
    history.invalidate(List.of("keys:cache:other"), 190);
    assertThat(history.floor()).isEqualTo(190);
    assertThat(judge(entry(189, "a"))).isEqualTo(Verdict.BELOW_FLOOR);
    assertThat(judge(entry(190, "a"))).isEqualTo(Verdict.HIT);
    history.invalidate(List.of("keys:cache:key"), 195);
    assertThat(judge(entry(194))).as("the next is remembered").isEqualTo(Verdict.STALE);
    assertThat(history.floor()).isEqualTo(190);
  }

  @Test
  void judge_byPlace_wantsStampOrHorizonThere() {
    Entry<String> lamp = entry(150, "a");
    assertThat(judge(lamp, 150)).isEqualTo(Verdict.HIT_BY_STAMP);
    assertThat(judge(lamp, 151)).isEqualTo(Verdict.HIT_BY_HORIZON);
    assertThat(judge(lamp, 200)).isEqualTo(Verdict.HIT_BY_HORIZON);
    assertThat(judge(lamp, 201)).isEqualTo(Verdict.BEHIND);
    assertThat(history.judge(lamp, Freshness.UNCACHED, OpenTag.NONE, 0)).isEqualTo(Verdict.BEHIND);
  }

  @Test
  void goal_isTheFurthestPlace_ofThisHistoryAlone() {
    Stamp near = new Stamp(EPOCH, 120);
    Stamp far = new Stamp(EPOCH, 170);
    assertThat(history.goal(List.of())).isZero();
    assertThat(history.goal(List.of(far, near))).isEqualTo(170);
    assertThat(history.goal(List.of(near, new Stamp("other", 1)))).isNegative();
    assertThat(history.goal(List.of(new Stamp(EPOCH, 0)))).isNegative();
    Freshness otherEpoch = new Freshness.AtLeast(List.of(new Stamp("other", 1)));
    assertThat(history.judge(entry(150, "a"), otherEpoch, OpenTag.NONE, 0))
        .isEqualTo(Verdict.OTHER_EPOCH);
  }

  @Test
  void openTag_isBorneForItsTolerance_andReachesPlacesByStampAlone() {
    OpenTag open = OpenTag.of("searches", Duration.ofMillis(50));
    Entry<String> found = entry(150, "a");
    history.invalidate(List.of("searches"), 160);
    assertThat(history.judge(found, Freshness.EVENTUAL, open, 50)).isEqualTo(Verdict.HIT);
    assertThat(history.judge(found, Freshness.EVENTUAL, open, 51)).isEqualTo(Verdict.STALE);
    assertThat(history.judge(entry(160, "a"), Freshness.EVENTUAL, open, 51)).isEqualTo(Verdict.HIT);
    Freshness past = new Freshness.AtLeast(List.of(new Stamp(EPOCH, 151)));
    assertThat(history.judge(found, past, open, 0)).isEqualTo(Verdict.BEHIND);
  }
}
