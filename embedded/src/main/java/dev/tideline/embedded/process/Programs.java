package dev.tideline.embedded.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Programs of the operating system. */
public final class Programs {

  private static final Pattern SEPARATOR = Pattern.compile(":");

  private Programs() {}

  /**
   * Where a program is on the path, or in the usual places for servers that an ordinary user's path
   * leaves out.
   */
  public static Optional<Path> find(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return Stream.concat(SEPARATOR.splitAsStream(path), Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Sends a signal, named as {@code kill} names it; a process that is gone is no error.
   *
   * @return whether it was sent; not where the process is gone or is another user's
   * @throws ServerException if {@code kill} cannot be run
   */
  public static boolean signal(long pid, String signal) throws InterruptedException {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return kill.waitFor(5, TimeUnit.SECONDS) && kill.exitValue() == 0;
    } catch (IOException e) {
      throw new ServerException("cannot send " + signal + " to " + pid + ": " + e, e);
    }
  }
}
