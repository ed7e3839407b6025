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
   * Finds a program on the {@code PATH}, or in the usual server directories that an ordinary user's
   * {@code PATH} omits.
   */
  public static Optional<Path> find(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return Stream.concat(SEPARATOR.splitAsStream(path), Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Sends a signal, named as for {@code kill}. It is not an error if the process has ended.
   *
   * @return whether the signal was sent; false if the process has ended or belongs to another user
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
