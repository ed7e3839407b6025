package dev.tideline.fleet.balancer;

import dev.tideline.embedded.process.ServerException;
import java.time.Duration;
import java.util.List;

/** Forwards each request to one of the current backends. Implementations are thread-safe. */
public interface Balancer extends AutoCloseable {

  /** The load balancing algorithm. */
  enum Algorithm {
    ROUND_ROBIN,
    LEAST_CONNECTIONS,
    /** The less busy of two backends chosen at random. */
    TWO_CHOICES
  }

  /**
   * How requests are distributed.
   *
   * @param sticky whether a client's requests go to the same instance while it exists, by a cookie
   *     with the instance's name. Not required, because instances keep no client state
   * @param tryLimit how long to wait for an instance to answer a GET or HEAD of {@code /v1} before
   *     another one is tried; 100 ms to 30 s
   */
  record Balancing(Algorithm algorithm, boolean sticky, Duration tryLimit) {

    public static final Duration TRY_LIMIT = Duration.ofSeconds(3);
    private static final Duration TRY_LIMIT_MIN = Duration.ofMillis(100);
    private static final Duration TRY_LIMIT_MAX = Duration.ofSeconds(30);

    public static final Balancing DEFAULT = new Balancing(Algorithm.ROUND_ROBIN, false);

    public Balancing {
      if (tryLimit.compareTo(TRY_LIMIT_MIN) < 0 || tryLimit.compareTo(TRY_LIMIT_MAX) > 0) {
        throw new ServerException(
            "the try limit must be %d ms to %d s, not %d ms"
                .formatted(
                    TRY_LIMIT_MIN.toMillis(), TRY_LIMIT_MAX.toSeconds(), tryLimit.toMillis()));
      }
    }

    public Balancing(Algorithm algorithm, boolean sticky) {
      this(algorithm, sticky, TRY_LIMIT);
    }
  }

  /** The balancer implementation. */
  enum Kind {
    BUILT_IN,
    NGINX
  }

  /**
   * Replaces the backends. Requests in progress are not interrupted.
   *
   * @param backends the new backends; if there are none, requests are answered with 503
   */
  void route(List<Backend> backends);

  /**
   * Whether a backend that has been removed has answered all its requests, as far as the balancer
   * knows.
   */
  boolean isIdle(Backend backend);

  Kind kind();

  /** The id of the process that listens. */
  long pid();

  @Override
  void close();
}
