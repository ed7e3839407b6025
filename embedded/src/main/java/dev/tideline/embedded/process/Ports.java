package dev.tideline.embedded.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports on loopback. Not thread-safe. */
public final class Ports {

  /**
   * Below the ephemeral port range: an outgoing connection may have taken a port of that range by
   * the time a killed server restarts.
   */
  private static final int LOWEST = 20_000;

  private static final int HIGHEST = 31_999;
  private static final int TRIES = 1_000;

  private final Set<Integer> given = new HashSet<>();

  /** Returns a port that nothing listens on and that this object has not returned before. */
  public int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
      if (!given.contains(port) && isFree(port)) {
        given.add(port);
        return port;
      }
    }
    throw new ServerException("no free port between " + LOWEST + " and " + HIGHEST);
  }

  /** Returns the preferred port if it is free, otherwise another one. 0 means no preference. */
  public int freeOr(int wished) {
    return wished > 0 && isFree(wished) && given.add(wished) ? wished : free();
  }

  /** Whether a server could listen there now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
