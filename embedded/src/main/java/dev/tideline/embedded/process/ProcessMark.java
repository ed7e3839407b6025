package dev.tideline.embedded.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Identifies a process even if its pid is reused later.
 *
 * @param start when the process started: on Linux in clock ticks since boot, elsewhere in
 *     milliseconds since 1970; {@link #UNKNOWN} if not available
 */
public record ProcessMark(long pid, String start) {

  static final String UNKNOWN = "-";

  /**
   * Index of the start time among the fields after the program name in {@code /proc/PID/stat}
   * (proc(5), field 22).
   */
  private static final int START_FIELD = 19;

  /** The process that has this pid now. */
  public static ProcessMark of(long pid) {
    return new ProcessMark(pid, startOf(pid));
  }

  private static String startOf(long pid) {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    try {
      // a program name may contain any bytes, including invalid UTF-8
      String text = Files.readString(stat, StandardCharsets.ISO_8859_1);
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
      return fields.length > START_FIELD ? fields[START_FIELD] : UNKNOWN;
    } catch (IOException | IndexOutOfBoundsException e) {
      return ProcessHandle.of(pid)
          .flatMap(process -> process.info().startInstant())
          .map(Instant::toEpochMilli)
          .map(String::valueOf)
          .orElse(UNKNOWN);
    }
  }

  /**
   * Returns the process if it is alive and is the same one.
   *
   * @param word text that its command line must contain
   */
  public Optional<ProcessHandle> find(String word) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> start.equals(UNKNOWN) || start.equals(startOf(pid)))
        .filter(process -> commandLine(process).contains(word));
  }

  /** The full command line, with arguments separated by blanks; empty if it cannot be read. */
  static String commandLine(ProcessHandle process) {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
      return new String(words, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    } catch (IOException e) {
      return process.info().commandLine().orElse("");
    }
  }
}
