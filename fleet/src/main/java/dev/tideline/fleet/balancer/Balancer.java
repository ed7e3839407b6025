package dev.tideline.fleet.balancer;

import dev.tideline.embedded.process.ServerException;
import java.time.Duration;
import java.util.List;

/**
 * Passes each request to one of the backends it was last given. Implementations are thread-safe.
 */
public interface Balancer extends AutoCloseable {

  /** How a backend is chosen. */
  enum Algorithm {
    ROUND_ROBIN,
    LEAST_CONNECTIONS,
    /** The less busy of two chosen at random. */
    TWO_CHOICES
  }

  /**
   * How requests are shared out.
   *
   * @param sticky whether a client's requests go to one instance, by a cookie with its name, as
   *     long as it is there; not needed, for instances keep nothing of a client's
   * @param tryLimit how long an instance may be silent about a GET or HEAD of {@code /v1} before
   *     another is asked; 100 ms to 30 s
   */
  record Balancing(Algorithm algorithm, boolean sticky, Duration tryLimit) {

    public static final Duration TRY_LIMIT = Duration.ofSeconds(3);
    private static final Duration TRY_LIMIT_MIN = Duration.ofMillis(100);
    private static final Duration TRY_LIMIT_MAX = Duration.ofSeconds(30);

    public static final Balancing DEFAULT = new Balancing(Algorithm.ROUND_ROBIN, false);

    public Balancing {
      if (tryLimit.compareTo(TRY_LIMIT_MIN) < 0 || tryLimit.compareTo(TRY_LIMIT_MAX) > 0) {
        throw new ServerException(
            "the limit of a try must be %d ms to %d s, not %d ms"
                .formatted(
                    TRY_LIMIT_MIN.toMillis(), TRY_LIMIT_MAX.toSeconds(), tryLimit.toMillis()));
      }
    }

    public Balancing(Algorithm algorithm, boolean sticky) {
      this(algorithm, sticky, TRY_LIMIT);
    }
  }

  /** Which balancer runs. */
  enum Kind {
    BUILT_IN,
    NGINX
  }

  /**
   * Replaces the backends that requests go to. Requests under way are not cut.
   *
   * @param backends none while no instance has ever been ready; the answer is 503 then
   */
  void route(List<Backend> backends);

  /**
   * Whether a backend that is not routed to any more has answered all it was sent, as far as the
   * balancer knows.
   */
  boolean isIdle(Backend backend);

  Kind kind();

  /** The process that listens. */
  long pid();

  @Override
  void close();
}
