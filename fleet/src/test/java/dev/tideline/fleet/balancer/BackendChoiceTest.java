package dev.tideline.fleet.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.fleet.balancer.Balancer.Algorithm;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BackendChoiceTest {

  private static final Backend A = new Backend("a", 1);
  private static final Backend B = new Backend("b", 2);
  private static final Backend C = new Backend("c", 3);

  private final AtomicLong clock = new AtomicLong();
  private final Random random = new Random(7);

  private BackendChoice choice(Algorithm algorithm) {
    BackendChoice choice = new BackendChoice(algorithm, clock::get, random::nextInt);
    choice.replace(List.of(A, B, C));
    return choice;
  }

  private static List<Backend> take(BackendChoice choice, int count) {
    return Stream.generate(() -> choice.next(Set.of()).orElseThrow()).limit(count).toList();
  }

  @Test
  void next_noBackends_isEmpty() {
    assertThat(new BackendChoice(Algorithm.ROUND_ROBIN, clock::get, random::nextInt).next(Set.of()))
        .isEmpty();
  }

  @Test
  void next_roundRobin_givesEachItsTurn() {
    assertThat(take(choice(Algorithm.ROUND_ROBIN), 6)).containsExactly(A, B, C, A, B, C);
  }

  @Test
  void next_leastConnections_givesTheIdlest() {
    BackendChoice choice = choice(Algorithm.LEAST_CONNECTIONS);
    choice.begin(A);
    choice.begin(A);
    choice.begin(B);
    assertThat(take(choice, 3)).containsOnly(C);
    choice.begin(C);
    choice.begin(C);
    assertThat(take(choice, 3)).containsOnly(B);
    choice.end(A);
    choice.end(A);
    assertThat(take(choice, 3)).containsOnly(A);
  }

  @Test
  void next_leastConnectionsAllEqual_goesByTurns() {
    assertThat(take(choice(Algorithm.LEAST_CONNECTIONS), 3)).containsExactlyInAnyOrder(A, B, C);
  }

  @Test
  void next_someFailedThisRequest_givesAnother() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    assertThat(choice.next(Set.of(A, B))).contains(C);
    assertThat(choice.next(Set.of(A, C))).contains(B);
  }

  @Test
  void next_allFailedThisRequest_stillGivesOne() {
    assertThat(choice(Algorithm.ROUND_ROBIN).next(Set.of(A, B, C))).isPresent();
  }

  @Test
  void next_suspectedBackend_isPassedOverForASecond() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    choice.suspect(A);
    assertThat(take(choice, 6)).containsOnly(B, C);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(take(choice, 3)).contains(A);
  }

  @Test
  void trust_suspectedBackend_isBackAtOnce() {
    BackendChoice choice = choice(Algorithm.ROUND_ROBIN);
    choice.suspect(A);
    choice.trust(A);
    assertThat(take(choice, 3)).contains(A);
  }

  @Test
  void next_twoChoices_neverGivesTheBusiestOfThree_andSharesTheRest() {
    BackendChoice choice = choice(Algorithm.TWO_CHOICES);
    for (int i = 0; i < 5; i++) {
      choice.begin(C);
    }
    List<Backend> taken = take(choice, 300);
    assertThat(taken).contains(A, B).doesNotContain(C);
    assertThat(taken.stream().filter(A::equals).count()).isBetween(100L, 200L);
  }

  @Test
  void next_twoChoices_evenLoad_isNearlyEven() {
    BackendChoice choice = choice(Algorithm.TWO_CHOICES);
    for (int i = 0; i < 3_000; i++) {
      choice.begin(choice.next(Set.of()).orElseThrow()); // none ends: it must even out
    }
    List<Backend> next = take(choice, 300);
    assertThat(next).contains(A, B, C);
  }

  @Test
  void next_twoChoices_passesOverFailedAndSuspectedOnes() {
    BackendChoice choice = choice(Algorithm.TWO_CHOICES);
    choice.suspect(B);
    for (int i = 0; i < 100; i++) {
      assertThat(choice.next(Set.of(A))).contains(C);
    }
    assertThat(choice.next(Set.of(A, B, C))).isPresent();
  }
}
