package dev.tideline.service.health;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether this instance may receive traffic, and how much of it: code runs slowly until it has run
 * often. Thread-safe.
 */
public final class Readiness {

  /**
   * Answers after which code runs about as fast as it ever will: by then a search costs a third of
   * the CPU time of the first hundred ({@code bench start}).
   */
  public static final int WARM_ANSWERS = 1_000;

  /** Stages of an instance's life. */
  public enum Stage {
    WARMING,
    READY,
    DRAINING
  }

  private final AtomicInteger answers = new AtomicInteger();
  private volatile Stage stage = Stage.WARMING;

  public Stage stage() {
    return stage;
  }

  public void enter(Stage next) {
    stage = next;
  }

  /** Another request of a shop's has been answered. */
  public void answered() {
    if (answers.get() < WARM_ANSWERS) {
      answers.incrementAndGet();
    }
  }

  /** How warm it is: 0 to 1, by what it has answered. */
  public double warmth() {
    return Math.min(1, answers.get() / (double) WARM_ANSWERS);
  }
}
