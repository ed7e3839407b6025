package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.fleet.balancer.Balancer.Algorithm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BackendChoiceTest {

  private static final Backend A = new Backend("a", 1);
  private static final Backend B = new Backend("b", 2);
  private static final Backend C = new Backend("c", 3);

  private final AtomicLong clock = new AtomicLong();
  private final Random random = new Random(7);

  private static Backend next(BackendChoice choice) {
    return choice.next(Set.of(), null).orElseThrow().backend();
  }

  private static List<Backend> take(BackendChoice choice, int count) {
    return Stream.generate(() -> next(choice)).limit(count).toList();
  }

  private static long count(List<Backend> taken, Backend of) {
    return taken.stream().filter(of::equals).count();
  }

  /** A choice among three that have been there for a while and have all said they are warm. */
  private BackendChoice choice(Algorithm algorithm) {
    BackendChoice choice = new BackendChoice(algorithm, clock::get, random::nextInt);
    choice.replace(List.of(A, B, C));
    clock.addAndGet(BackendState.SLOW_START_MIN.toNanos());
    Stream.of(A, B, C).forEach(one -> member(choice, one).answered(1, false));
    return choice;
  }

  private static BackendState member(BackendChoice choice, Backend backend) {
    return choice.next(Set.of(), backend.name()).orElseThrow();
  }

  private static Set<BackendState> members(BackendChoice choice, Backend... of) {
    return Stream.of(of).map(one -> member(choice, one)).collect(Collectors.toSet());
  }

  @Test
  void next_noBackends_isEmpty() {
    assertThat(
            new BackendChoice(Algorithm.ROUND_ROBIN, clock::get, random::nextInt)
                .next(Set.of(), null))
        .isEmpty();
  }

  @Test
  void next_roundRobin_givesEachItsTurn() {
    assertThat(take(choice(Algorithm.ROUND_ROBIN), 6)).containsExactly(A, B, C, A, B, C);
  }

  @Test
  void next_leastConnections_givesTheIdlest() {
    BackendChoice choice = choice(Algorithm.LEAST_CONNECTIONS);
    member(choice, A).begin();
    member(choice, A).begin();
    member(choice, B).begin();
    assertThat(take(choice, 3)).containsOnly(C);
    member(choice, C).begin();
    member(choice, C).begin();
    assertThat(take(choice, 3)).containsOnly(B);
    member(choice, A).end();
    member(choice, A).end();
    assertThat(take(choice, 3)).containsOnly(A);
  }

  @Test
  void next_leastConnectionsAllEqual_goesByTurns() {
    assertThat(take(choice(Algorithm.LEAST_CONNECTIONS), 3)).containsExactlyInAnyOrder(A, B, C);
  }

  @Test
  void next_someFailedThisRequest_givesAnother() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    assertThat(choice.next(members(choice, A, B), null)).contains(member(choice, C));
    assertThat(choice.next(members(choice, A, C), null)).contains(member(choice, B));
  }

  @Test
  void next_allFailedThisRequest_stillGivesOne() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    assertThat(choice.next(members(choice, A, B, C), null)).isPresent();
  }

  @Test
  void next_allFailedThisRequest_givesOneThatWasSlow_notOneThatRefusesConnections() {
    BackendChoice choice = choice(Algorithm.LEAST_CONNECTIONS);
    Set<BackendState> all = members(choice, A, B, C);
    member(choice, A).begin();
    member(choice, A).stalled();
    List<BackendState> gone = List.of(member(choice, B), member(choice, C));
    gone.forEach(BackendState::suspect);
    assertThat(choice.next(all, null).orElseThrow().backend()).isEqualTo(A);
  }

  @Test
  void next_suspectedBackend_isPassedOverForASecond() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    member(choice, A).suspect();
    assertThat(take(choice, 6)).containsOnly(B, C);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(take(choice, 3)).contains(A);
  }

  @Test
  void next_stalledBackend_isPassedOverForLongerEachTime_howeverManyWaited() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    BackendState a = member(choice, A);
    for (int seconds = 1; seconds <= 4; seconds *= 2) {
      Stream.generate(() -> a).limit(100).forEach(BackendState::stalled);
      clock.addAndGet(Duration.ofSeconds(seconds).toNanos() - 1);
      assertThat(take(choice, 6)).as("within %d s", seconds).containsOnly(B, C);
      clock.addAndGet(1);
      assertThat(take(choice, 3)).contains(A);
    }
    a.answered(1, false);
    a.stalled();
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(take(choice, 3)).as("it began anew").contains(A);
  }

  @Test
  void hasOther_onlyThoseThatHaveNotFailed() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    BackendState a = member(choice, A);
    assertThat(choice.hasOther(a, Set.of())).isTrue();
    assertThat(choice.hasOther(a, members(choice, B))).isTrue();
    assertThat(choice.hasOther(a, members(choice, B, C))).isFalse();
  }

  @Test
  void answered_suspectedBackend_isBackAtOnce() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    BackendState a = member(choice, A);
    a.suspect();
    a.answered(1, false);
    assertThat(take(choice, 3)).contains(A);
  }

  @Test
  void next_twoChoices_neverGivesTheBusiestOfThree_andSharesTheRest() {
    BackendChoice choice = choice(Algorithm.TWO_CHOICES);
    for (int i = 0; i < 5; i++) {
      member(choice, C).begin();
    }
    List<Backend> taken = take(choice, 300);
    assertThat(taken).contains(A, B).doesNotContain(C);
    assertThat(taken.stream().filter(A::equals).count()).isBetween(100L, 200L);
  }

  @Test
  void next_twoChoices_evenLoad_isNearlyEven() {
    BackendChoice choice = choice(Algorithm.TWO_CHOICES);
    for (int i = 0; i < 3_000; i++) {
      choice.next(Set.of(), null).orElseThrow().begin(); // none ends: it must even out
    }
    List<Backend> next = take(choice, 300);
    assertThat(next).contains(A, B, C);
  }

  @Test
  void next_twoChoices_passesOverFailedAndSuspectedOnes() {
    BackendChoice choice = choice(Algorithm.TWO_CHOICES);
    Set<BackendState> a = members(choice, A);
    Set<BackendState> all = members(choice, A, B, C);
    BackendState c = member(choice, C);
    member(choice, B).suspect();
    for (int i = 0; i < 100; i++) {
      assertThat(choice.next(a, null)).contains(c);
    }
    assertThat(choice.next(all, null)).isPresent();
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void next_coldBackend_getsAsMuchAsItIsWarm(Algorithm algorithm) {
    BackendChoice choice = choice(algorithm);
    member(choice, C).answered(0.25, false);
    List<Backend> taken = new ArrayList<>();
    for (int i = 0; i < 900; i++) { // none ends: each is as busy as it got requests
      BackendState next = choice.next(Set.of(), null).orElseThrow();
      next.begin();
      taken.add(next.backend());
    }
    assertThat(count(taken, C)).isBetween(90L, 120L);
    assertThat(count(taken, A)).isBetween(370L, 430L);
  }

  @Test
  void next_newBackend_beginsWithATenth_andHasItsFullShareAfterAMinute() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    choice.replace(List.of(A, B));
    choice.replace(List.of(A, B, C));
    assertThat(count(take(choice, 210), C)).isEqualTo(10);
    clock.addAndGet(BackendState.SLOW_START_MAX.toNanos());
    assertThat(count(take(choice, 300), C)).isBetween(99L, 101L);
  }

  @Test
  void next_newBackendThatSaysItIsWarm_hasItsFullShareAfterTenSeconds() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    choice.replace(List.of(A, B));
    choice.replace(List.of(A, B, C));
    member(choice, C).answered(1, false);
    assertThat(count(take(choice, 210), C)).isBetween(9L, 11L);
    clock.addAndGet(BackendState.SLOW_START_MIN.toNanos() / 2);
    assertThat(count(take(choice, 250), C)).isBetween(49L, 51L);
    clock.addAndGet(BackendState.SLOW_START_MIN.toNanos() / 2);
    assertThat(count(take(choice, 300), C)).isBetween(99L, 101L);
  }

  @Test
  void next_warmBackendThatIsRoutedAnewWithoutHavingBeenOut_staysWarm() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    choice.replace(List.of(A, B, C));
    assertThat(count(take(choice, 300), C)).isEqualTo(100);
  }

  private static void fail(BackendState member, int times) {
    for (int i = 0; i < times; i++) {
      member.answered(1, true);
    }
  }

  @Test
  void next_backendThatFailsAgainAndAgain_isPassedOver_longerEachTime() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    BackendState a = member(choice, A);
    fail(a, BackendState.FAILURES_IN_A_ROW - 1);
    assertThat(take(choice, 3)).contains(A);
    fail(a, 1);
    assertThat(take(choice, 6)).containsOnly(B, C);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(take(choice, 3)).contains(A);
    fail(a, BackendState.FAILURES_IN_A_ROW);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(take(choice, 6)).containsOnly(B, C);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(take(choice, 3)).contains(A);
    a.answered(1, false);
    fail(a, BackendState.FAILURES_IN_A_ROW);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(take(choice, 3)).contains(A);
  }

  @Test
  void next_mostFail_arePassedOverByNobody() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    fail(member(choice, A), BackendState.FAILURES_IN_A_ROW);
    assertThat(take(choice, 6)).containsOnly(B, C);
    fail(member(choice, B), BackendState.FAILURES_IN_A_ROW);
    assertThat(take(choice, 6)).contains(A, B, C);
  }

  @Test
  void next_stickySession_staysUntilItsBackendIsGone() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    for (int i = 0; i < 5; i++) {
      assertThat(choice.next(Set.of(), "b").orElseThrow().backend()).isEqualTo(B);
    }
    choice.replace(List.of(A, C));
    assertThat(choice.next(Set.of(), "b").orElseThrow().backend()).isNotEqualTo(B);
  }
}
