package dev.tideline.embedded.process;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * As whom PostgreSQL runs: it refuses to be root.
 *
 * <p>An ordinary user is simply used. Root runs it in a user namespace of its own, or, where those
 * are forbidden (many containers), as {@code nobody}, who is then given the data directory.
 */
public sealed interface ServerUser {

  /** What to put in front of a command. */
  List<String> prefix();

  /** Makes a tree readable and writable for this user. */
  default void own(Path tree) throws IOException {}

  /** Whether files below another user's private folders, like root's home, are out of reach. */
  default boolean needsOpenPath() {
    return false;
  }

  /** The person who runs the fleet. */
  record Caller() implements ServerUser {
    @Override
    public List<String> prefix() {
      return List.of();
    }
  }

  /** Root outside, nobody in particular inside: files stay root's, PostgreSQL sees no root. */
  record OwnNamespace() implements ServerUser {
    @Override
    public List<String> prefix() {
      return List.of("unshare", "-U");
    }
  }

  /** An unprivileged user of the system. */
  record Unprivileged(int uid, int gid) implements ServerUser {
    @Override
    public List<String> prefix() {
      return List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups");
    }

    @Override
    public void own(Path tree) throws IOException {
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.toList()) {
          Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
          Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        }
      }
    }

    @Override
    public boolean needsOpenPath() {
      return true;
    }
  }

  /**
   * The best way this machine allows.
   *
   * @throws ServerException if root can use neither way
   */
  static ServerUser detect() {
    if (new UnixSystem().getUid() != 0) {
      return new Caller();
    }
    if (succeeds(List.of("unshare", "-U", "true"))) {
      return new OwnNamespace();
    }
    return nobody();
  }

  /** The way without user namespaces. */
  static ServerUser nobody() {
    for (String line : passwd()) {
      String[] fields = line.split(":", -1);
      if (fields.length > 3 && fields[0].equals("nobody")) {
        var user = new Unprivileged(Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
        if (succeeds(Stream.concat(user.prefix().stream(), Stream.of("true")).toList())) {
          return user;
        }
      }
    }
    throw new ServerException(
        "PostgreSQL does not run as root, and this machine allows neither `unshare -U` nor"
            + " `setpriv` to the user nobody (both are in util-linux): run as an ordinary user");
  }

  private static List<String> passwd() {
    try {
      return Files.readAllLines(Path.of("/etc/passwd"));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean succeeds(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
