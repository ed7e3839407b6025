package dev.tideline.service.health;

/** Whether this instance may receive traffic. Thread-safe. */
public final class Readiness {

  /** Stages of an instance's life. */
  public enum Stage {
    WARMING,
    READY,
    DRAINING
  }

  private volatile Stage stage = Stage.WARMING;

  public Stage stage() {
    return stage;
  }

  public void enter(Stage next) {
    stage = next;
  }
}
