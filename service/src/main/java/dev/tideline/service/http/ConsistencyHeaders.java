package dev.tideline.service.http;

import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.token.InvalidTokenException;
import dev.tideline.routing.token.Position;
import dev.tideline.routing.token.TokenKeys;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How fresh one request wants its answer, by its headers, and how fresh the answer turned out. Read
 * only where something is read: a write may carry a token without anybody minding.
 */
final class ConsistencyHeaders {

  static final String TOKEN = "Tideline-Token";
  static final String CONSISTENCY = "Tideline-Consistency";

  private static final HeaderName TOKEN_HEADER = HeaderNames.create(TOKEN);
  private static final HeaderName CONSISTENCY_HEADER = HeaderNames.create(CONSISTENCY);
  private static final String STALENESS = "Tideline-Staleness";

  private final ServerRequestHeaders headers;
  private final TokenKeys keys;
  private final BooleanSupplier isAdmin;
  private boolean personal;
  private @Nullable Reads reads;

  ConsistencyHeaders(ServerRequestHeaders headers, TokenKeys keys, BooleanSupplier isAdmin) {
    this.headers = headers;
    this.keys = keys;
    this.isAdmin = isAdmin;
  }

  /**
   * What to read with.
   *
   * @throws InvalidInputException for tokens that are malformed, too many, or not ours
   * @throws ProblemException 403 for {@code strong} without the admin token
   */
  Reads reads() {
    Reads known = reads;
    if (known == null) {
      known = Reads.of(read());
      reads = known;
    }
    return known;
  }

  /** The same for a call that only returns the state of caches. */
  ConsistencyHeaders explaining() {
    ConsistencyHeaders other = new ConsistencyHeaders(headers, keys, isAdmin);
    other.reads = Reads.explaining(reads().sql());
    return other;
  }

  /** Whether the request carries the admin token. */
  boolean isAdmin() {
    return isAdmin.getAsBoolean();
  }

  /** Marks the answer as personal. */
  void markPersonal() {
    personal = true;
  }

  private ReadContext read() {
    List<Position> positions = positions();
    Optional<String> wish = headers.first(CONSISTENCY_HEADER).map(String::strip);
    personal |= !positions.isEmpty() || (wish.isPresent() && !wish.get().equals("eventual"));
    return switch (wish.orElse("")) {
      case "eventual" -> ReadContext.eventual();
      case "", "session" -> ReadContext.atLeast(positions);
      case "strong" -> {
        if (!isAdmin.getAsBoolean()) {
          throw new ProblemException(403, "Strong consistency takes the admin token.");
        }
        yield ReadContext.strong();
      }
      default -> throw InvalidInputException.of(CONSISTENCY, "must be eventual, session or strong");
    };
  }

  private List<Position> positions() {
    if (!headers.contains(TOKEN_HEADER)) {
      return List.of();
    }
    List<String> tokens =
        headers.get(TOKEN_HEADER).allValues().stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .map(String::strip)
            .toList();
    if (tokens.size() > ReadContext.POSITIONS_MAX) {
      throw InvalidInputException.of(TOKEN, "may be given four times at most");
    }
    List<Position> positions = new ArrayList<>();
    List<FieldError> errors = new ArrayList<>();
    for (String token : tokens) {
      try {
        keys.verify(token).ifPresent(positions::add);
      } catch (InvalidTokenException e) {
        errors.add(new FieldError(TOKEN, String.valueOf(e.getMessage())));
      }
    }
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
    return positions;
  }

  /**
   * Adds the headers that state how fresh the reads were, and which caches may keep the answer.
   *
   * @param shared whether it is the same for all clients
   */
  Answer told(Answer answer, boolean shared, EdgePolicy edge) {
    Reads read = reads;
    if (read == null) {
      return answer;
    }
    Answer told = edge.tell(answer, shared && !personal, read);
    Optional<String> status = CacheStatus.of(read.cache().lookups());
    if (status.isPresent()) {
      told = told.with("Cache-Status", status.get());
    }
    Duration staleness = read.staleness();
    return staleness.isZero()
        ? told
        : told.with(STALENESS, Long.toString(staleness.plusMillis(999).toSeconds()));
  }
}
