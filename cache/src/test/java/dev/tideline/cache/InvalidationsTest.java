package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes an entry valid, and what no longer. */
final class InvalidationsTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Invalidations.Settings RARELY =
      new Invalidations.Settings(Duration.ofHours(1), LONG, Duration.ofSeconds(60));

  private final WrittenLog log = new WrittenLog();
  private Invalidations known;

  @BeforeEach
  void follow() throws Exception {
    known = Invalidations.follow(log, RARELY, CacheListener.NONE);
    assertThat(known.awaitStart(LONG)).isTrue();
  }

  @AfterEach
  void close() {
    known.close();
  }

  private static Entry<String> entry(Stamp stamp, String... tags) {
    return new Entry<>(
        new Entry.Name("cache", "key"),
        "v",
        stamp,
        List.of(tags),
        new Entry.Times(0, 1, 1_000, 2_000),
        1);
  }

  private Verdict judge(Entry<String> entry) {
    return judge(entry, Freshness.EVENTUAL);
  }

  private Verdict judge(Entry<String> entry, Freshness freshness) {
    return known.history().judge(entry, freshness, OpenTag.NONE, 0);
  }

  private static Freshness atLeast(Stamp... positions) {
    return new Freshness.AtLeast(List.of(positions));
  }

  @Test
  void entry_olderThanOneOfItsTags_isStale() {
    Entry<String> lamp = entry(log.now(), "product:1", "catalog");
    assertThat(judge(lamp)).isEqualTo(Verdict.HIT);
    log.write("product:2");
    known.catchUp();
    assertThat(judge(lamp)).as("another's").isEqualTo(Verdict.HIT);
    log.write("product:1");
    assertThat(judge(lamp)).as("not read yet").isEqualTo(Verdict.HIT);
    known.catchUp();
    assertThat(judge(lamp)).isEqualTo(Verdict.STALE);
    assertThat(judge(entry(log.now(), "product:1"))).as("read after").isEqualTo(Verdict.HIT);
  }

  @Test
  void fill_thatLostTheRace_isStaleFromTheBeginning() {
    Stamp before = log.now();
    log.write("product:1");
    known.catchUp();
    assertThat(judge(entry(before, "product:1"))).isEqualTo(Verdict.STALE);
  }

  @Test
  void rowWithoutPosition_closesItsTags_untilItHasOne() {
    Entry<String> lamp = entry(log.now(), "product:1");
    long id = log.begin("product:1");
    known.catchUp();
    assertThat(judge(lamp)).isEqualTo(Verdict.CLOSED);
    assertThat(judge(entry(new Stamp("one", 1_000), "product:1"))).isEqualTo(Verdict.CLOSED);
    Stamp placed = log.place(id);
    known.catchUp();
    assertThat(judge(lamp)).isEqualTo(Verdict.STALE);
    assertThat(judge(entry(placed, "product:1"))).isEqualTo(Verdict.HIT);
  }

  @Test
  void rowThatGetsAPositionBelowThoseReadAlready_isNotMissed() {
    Entry<String> lamp = entry(log.now(), "product:1");
    long late = log.begin("product:1");
    long position = log.advance();
    log.write("product:2");
    known.catchUp();
    log.placeAt(late, position);
    known.catchUp();
    assertThat(judge(lamp)).isEqualTo(Verdict.STALE);
  }

  @Test
  void ownWrite_isAppliedAtOnce_andMovesNoHorizon() {
    Entry<String> lamp = entry(log.now(), "product:1");
    log.away(true);
    known.wrote(new Stamp("one", 500), List.of("product:1"), "test");
    assertThat(judge(lamp)).isEqualTo(Verdict.STALE);
    assertThat(known.horizon()).isEqualTo(new Stamp("one", 100));
    Entry<String> chair = entry(log.now(), "product:2");
    known.wrote(new Stamp("other", 900), List.of("product:2"), "test");
    assertThat(judge(chair)).as("of another history").isEqualTo(Verdict.HIT);
  }

  /** Anybody can write to the stream of hints: 2^63 - 1 would make all entries stale for ever. */
  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 62, 101, 100, 1, 0, -1})
  void hint_atAPositionThatIsNotKnown_appliesNothing(long position) {
    Entry<String> lamp = entry(log.now(), "product:1", "catalog");
    log.away(true); // nothing that is applied comes from there
    known.heard(new Stamp("one", position), List.of("product:1", "catalog"), "x", Duration.ZERO);
    assertThat(judge(lamp)).isEqualTo(Verdict.HIT);
    log.away(false);
    log.write("product:1");
    known.catchUp();
    assertThat(judge(lamp)).as("the log counts").isEqualTo(Verdict.STALE);
    assertThat(judge(entry(log.now(), "product:1", "catalog"))).isEqualTo(Verdict.HIT);
  }

  @Test
  void hint_ofAWriteThatTheLogHas_makesTheLogBeReadAtOnce() {
    Entry<String> lamp = entry(log.now(), "product:1");
    known.heard(log.write("product:1"), List.of(), "test", Duration.ZERO);
    await().atMost(LONG).until(() -> judge(lamp) == Verdict.STALE);
  }

  @Test
  void hint_betweenTheHorizonAndAnOwnWrite_isAppliedAtOnce() {
    Entry<String> lamp = entry(log.now(), "product:1");
    log.away(true);
    known.wrote(new Stamp("one", 500), List.of("product:2"), "test");
    known.heard(new Stamp("one", 400), List.of("product:1"), "test", Duration.ZERO);
    assertThat(judge(lamp)).isEqualTo(Verdict.STALE);
  }

  @Test
  void entryBeyondAllThatIsKnown_isNotValid_untilTheDatabaseHasBeenThere() {
    Entry<String> forged = entry(new Stamp("one", Long.MAX_VALUE), "product:1");
    assertThat(judge(forged)).isEqualTo(Verdict.BEYOND_KNOWN);
    assertThat(judge(forged, atLeast(log.now()))).isEqualTo(Verdict.BEYOND_KNOWN);
    Entry<String> newer = entry(new Stamp("one", log.advance()), "product:1");
    assertThat(judge(newer)).isEqualTo(Verdict.BEYOND_KNOWN);
    known.observed(newer.stamp());
    assertThat(judge(newer)).isEqualTo(Verdict.HIT);
    assertThat(judge(forged)).isEqualTo(Verdict.BEYOND_KNOWN);
  }

  @Test
  void token_isServedByStampOrByHorizon_elseNot() {
    Entry<String> lamp = entry(log.now(), "product:1");
    assertThat(judge(lamp, atLeast(log.now()))).isEqualTo(Verdict.HIT_BY_STAMP);
    Stamp later = log.write("product:2");
    assertThat(judge(lamp, atLeast(later))).isEqualTo(Verdict.BEHIND);
    known.catchUp();
    assertThat(judge(lamp, atLeast(later))).isEqualTo(Verdict.HIT_BY_HORIZON);
    assertThat(judge(lamp, atLeast(later, new Stamp("one", later.position() + 1))))
        .as("each must hold")
        .isEqualTo(Verdict.BEHIND);
    assertThat(judge(lamp, atLeast(new Stamp("other", 1)))).isEqualTo(Verdict.OTHER_EPOCH);
    assertThat(judge(lamp, atLeast(Stamp.UNKNOWN))).isEqualTo(Verdict.OTHER_EPOCH);
  }

  @Test
  void whoHadNotReadWhatWasPruned_beginsAnew_andTrustsNothingOlder() {
    Entry<String> lamp = entry(log.now(), "product:1");
    log.write("product:1");
    log.prune();
    known.catchUp();
    assertThat(judge(lamp)).isEqualTo(Verdict.BELOW_FLOOR);
    assertThat(judge(entry(log.now(), "product:1"))).isEqualTo(Verdict.HIT);
  }

  @Test
  void newHistory_dropsEverything() {
    AtomicInteger dropped = new AtomicInteger();
    known.onNewHistory(dropped::incrementAndGet);
    Entry<String> lamp = entry(log.now(), "product:1");
    log.beginHistory("two");
    known.catchUp();
    assertThat(judge(lamp)).isEqualTo(Verdict.OTHER_EPOCH);
    assertThat(known.horizon()).isEqualTo(log.now());
    assertThat(dropped).hasValue(1);
    assertThat(judge(entry(log.now(), "product:1"))).isEqualTo(Verdict.HIT);
  }

  @Test
  void clearedKeys_areStaleWhateverTheirTags() {
    Entry<String> lamp = entry(log.now(), "product:1");
    log.write("keys:cache:k*");
    known.catchUp();
    assertThat(judge(lamp)).isEqualTo(Verdict.STALE);
    assertThat(judge(entry(log.now(), "product:1"))).as("read after").isEqualTo(Verdict.HIT);
    log.write("keys:cache:other");
    known.catchUp();
    assertThat(judge(entry(new Stamp("one", 101), "product:1"))).isEqualTo(Verdict.HIT);
  }

  @Test
  void openEntry_bearsWithItsTagForAWhile_butServesNoTokenByHorizon() {
    OpenTag open = OpenTag.of("any", Duration.ofSeconds(1));
    Entry<String> typed = entry(log.now(), "catalog");
    Stamp written = log.write("any");
    known.catchUp();
    History history = known.history();
    assertThat(history.judge(typed, Freshness.EVENTUAL, open, 900)).isEqualTo(Verdict.HIT);
    assertThat(history.judge(typed, Freshness.EVENTUAL, open, 1_100)).isEqualTo(Verdict.STALE);
    assertThat(history.judge(typed, atLeast(written), open, 900)).isEqualTo(Verdict.BEHIND);
    assertThat(history.judge(entry(log.now(), "catalog"), atLeast(written), open, 900))
        .isEqualTo(Verdict.HIT_BY_STAMP);
  }

  @Test
  void beforeTheFirstRead_nothingIsValid() {
    try (Invalidations none = Invalidations.none()) {
      assertThat(none.history().judge(entry(log.now()), Freshness.EVENTUAL, OpenTag.NONE, 0))
          .isEqualTo(Verdict.OTHER_EPOCH);
    }
  }

  @Test
  void logAway_saysSoAndComesBack() {
    log.away(true);
    known.catchUp();
    Stamp horizon = known.horizon();
    log.away(false);
    log.write("product:1");
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          known.catchUp();
          assertThat(known.horizon().position()).isGreaterThan(horizon.position());
        });
  }
}
