package dev.tideline.embedded.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process that can be told from a later one with the same number.
 *
 * @param start when it began, as the system counts: on Linux ticks since the boot, elsewhere
 *     milliseconds; {@link #UNKNOWN} where that cannot be seen
 */
public record ProcessMark(long pid, String start) {

  static final String UNKNOWN = "-";

  /** Of what follows the name of the program in {@code /proc/PID/stat} (proc(5), field 22). */
  private static final int START_FIELD = 19;

  /** The process of that number as it is now. */
  public static ProcessMark of(long pid) {
    return new ProcessMark(pid, startOf(pid));
  }

  private static String startOf(long pid) {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    try {
      // a name may hold anything, also what does not decode
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
   * The process, if it lives and it is the same one.
   *
   * @param word what its command line must name
   */
  public Optional<ProcessHandle> find(String word) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> start.equals(UNKNOWN) || start.equals(startOf(pid)))
        .filter(process -> commandLine(process).contains(word));
  }

  /** All of it, with blanks between its words; empty where it cannot be seen. */
  static String commandLine(ProcessHandle process) {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
      return new String(words, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    } catch (IOException e) {
      return process.info().commandLine().orElse("");
    }
  }
}
