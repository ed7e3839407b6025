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
 * The operating system user that PostgreSQL runs as. PostgreSQL refuses to run as root.
 *
 * <p>An ordinary user runs PostgreSQL directly. Root runs it in a separate user namespace or, where
 * user namespaces are forbidden (as in many containers), as {@code nobody}, which then owns the
 * data directory.
 */
public sealed interface ServerUser {

  /** Words to put in front of a command. */
  List<String> prefix();

  /** Makes a directory tree readable and writable for this user. */
  default void own(Path tree) throws IOException {}

  /**
   * Whether this user cannot reach files in another user's private folders, such as root's home.
   */
  default boolean needsOpenPath() {
    return false;
  }

  /** The user who runs the fleet. */
  record Caller() implements ServerUser {
    @Override
    public List<String> prefix() {
      return List.of();
    }
  }

  /**
   * A user namespace without a mapping: files still belong to root, but PostgreSQL does not see
   * root.
   */
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
   * Chooses the first option that this machine allows.
   *
   * @throws ServerException if the current user is root and neither option works
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

  /** The option without user namespaces. */
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
        "PostgreSQL does not run as root, and neither `unshare -U` nor `setpriv` to the user"
            + " nobody works here (both are in util-linux): run as an ordinary user");
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
