package dev.tideline.cli;

import java.io.Console;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How far long work has come, on standard error: a bar on a terminal, else a line every few
 * seconds.
 */
final class Progress implements AutoCloseable {

  private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);
  private static final int BAR_INTERVAL_MILLIS = 100;

  private final String task;
  private final long total;
  private final long start = System.nanoTime();
  private final @Nullable ProgressBar bar;
  private long nextLine = start + LINE_INTERVAL.toNanos();
  private long reached;

  private Progress(String task, long total, @Nullable ProgressBar bar) {
    this.task = task;
    this.total = total;
    this.bar = bar;
  }

  /**
   * Starts to show progress.
   *
   * @param total what there is to reach; 0 if that is not known
   */
  static Progress start(String task, long total, String unit) {
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    return new Progress(
        task,
        total,
        terminal
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total > 0 ? total : -1)
                .setUnit(" " + unit, 1)
                .setUpdateIntervalMillis(BAR_INTERVAL_MILLIS)
                .build()
            : null);
  }

  void reach(long amount) {
    reached = amount;
    if (bar != null) {
      bar.stepTo(amount);
    } else if (System.nanoTime() > nextLine) {
      nextLine = System.nanoTime() + LINE_INTERVAL.toNanos();
      String far =
          total > 0
              ? String.format(Locale.ROOT, "%.0f %%", 100.0 * reached / total)
              : Long.toString(reached);
      System.err.printf("  %s: %s%n", task, far);
    }
  }

  /** Marks the work as complete; otherwise {@link #close} prints nothing. */
  void done() {
    if (bar == null) {
      double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0;
      System.err.printf(Locale.ROOT, "  %s: done in %.1f s%n", task, seconds);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
