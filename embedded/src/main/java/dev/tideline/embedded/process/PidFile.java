package dev.tideline.embedded.process;

import dev.tideline.embedded.process.ServerProcess.StopSignal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The content of a server's pid file. {@code guard.sh} reads it too. */
record PidFile(ProcessMark process, StopSignal stopSignal) {

  static final String SUFFIX = ".pid";

  /** Files written by earlier releases have no start time. */
  private static final Pattern FORM =
      Pattern.compile("([1-9][0-9]{0,9}) (TERM|INT)(?: ([0-9]{1,19}|-))?\n");

  String text() {
    return process.pid() + " " + stopSignal + " " + process.start() + "\n";
  }

  /** Parses a pid file; empty if it is damaged or was not written by this program. */
  static Optional<PidFile> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    String start = form.group(3) == null ? ProcessMark.UNKNOWN : form.group(3);
    return Optional.of(
        new PidFile(
            new ProcessMark(Long.parseLong(form.group(1)), start),
            StopSignal.valueOf(form.group(2))));
  }
}
