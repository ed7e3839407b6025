package dev.tideline.scaling.policy;

import java.time.Instant;
import java.util.List;

/**
 * What a policy has decided, and why.
 *
 * @param from current number of instances
 * @param to desired number of instances; the same as {@code from} for {@link Action#HOLD}
 * @param reasons why, in words, with the figures; for a hold, what prevented an action, empty if
 *     none was needed
 */
public record Decision(Instant at, Action action, int from, int to, List<String> reasons) {

  /** What to do. */
  public enum Action {
    SCALE_UP("scale_up"),
    SCALE_DOWN("scale_down"),
    HOLD("hold");

    private final String label;

    Action(String label) {
      this.label = label;
    }

    /** The name in metrics and tables. */
    public String label() {
      return label;
    }
  }

  public Decision {
    reasons = List.copyOf(reasons);
    boolean fits =
        switch (action) {
          case SCALE_UP -> to > from;
          case SCALE_DOWN -> to < from;
          case HOLD -> to == from;
        };
    if (!fits) {
      throw new IllegalArgumentException(action + " from " + from + " to " + to);
    }
  }

  static Decision hold(Reading reading, List<String> reasons) {
    return new Decision(
        reading.at(), Action.HOLD, reading.instances(), reading.instances(), reasons);
  }

  static Decision up(Reading reading, int to, List<String> reasons) {
    return new Decision(reading.at(), Action.SCALE_UP, reading.instances(), to, reasons);
  }

  static Decision down(Reading reading, int to, List<String> reasons) {
    return new Decision(reading.at(), Action.SCALE_DOWN, reading.instances(), to, reasons);
  }

  public boolean isAction() {
    return action != Action.HOLD;
  }
}
