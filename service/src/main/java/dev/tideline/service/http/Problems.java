package dev.tideline.service.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tideline.cache.CacheException;
import dev.tideline.engine.database.RefusedValueException;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.input.OverloadedException;
import dev.tideline.routing.TemporaryFailure;
import dev.tideline.routing.node.RoutingException;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns exceptions into problem documents (RFC 9457); the only place that knows which status each
 * one has.
 */
final class Problems {

  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  private static final String RETRY_AFTER = "Retry-After";
  private static final String RETRY_SECONDS = "1";

  /**
   * The document; {@code type} is always {@code about:blank}, so {@code title} is the status's own.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Problem(
      String type,
      String title,
      int status,
      String detail,
      String traceId,
      @Nullable List<FieldError> errors) {}

  private Problems() {}

  static Answer of(Throwable thrown, String traceId) {
    return switch (thrown) {
      case InvalidInputException invalid -> invalid(invalid.errors(), traceId);
      case ProblemException problem -> answer(problem.status(), text(problem), traceId);
      case HttpException http -> answer(http.status().code(), text(http), traceId);
      case RequestException request ->
          answer(request.status().code(), "The request is malformed or over a limit.", traceId);
      case RefusedValueException refused -> refused(refused, traceId);
      case OverloadedException busy -> retry(text(busy), traceId);
      case CacheException late -> {
        log.debug("not read in time", late);
        yield retry("What the answer needs could not be read in time.", traceId);
      }
      case RoutingException routing -> {
        log.debug("no database for a request", routing);
        yield retry(
            switch (routing.category()) {
              case UNAVAILABLE -> "The database is away.";
              case OVERLOADED -> "Every database connection is in use.";
              case TOO_SLOW -> "The database took too long.";
            },
            traceId);
      }
      default -> unforeseen(thrown, traceId);
    };
  }

  /** All values are checked earlier; one that reaches this is a gap in the checks. */
  private static Answer refused(RefusedValueException refused, String traceId) {
    log.warn("the database refused a valid value", refused);
    return refused.mayDoLater()
        ? retry("What is stored has changed meanwhile.", traceId)
        : answer(
            400,
            "The database cannot hold a value of the request (SQLSTATE %s)."
                .formatted(refused.sqlState()),
            traceId);
  }

  private static Answer unforeseen(Throwable thrown, String traceId) {
    Optional<String> temporary = TemporaryFailure.explain(thrown);
    if (temporary.isPresent()) {
      log.warn("the database is temporarily unable: {}", thrown.toString());
      return retry(temporary.get(), traceId);
    }
    log.error("a request failed", thrown);
    return answer(500, "The request failed; the log has the reason under the trace id.", traceId);
  }

  static Answer invalid(List<FieldError> errors, String traceId) {
    String detail =
        errors.size() == 1
            ? errors.getFirst().field() + " " + errors.getFirst().message() + "."
            : errors.size() + " fields are not valid.";
    return document(400, detail, traceId, errors);
  }

  static Answer answer(int status, String detail, String traceId) {
    return document(status, detail, traceId, null);
  }

  private static Answer retry(String detail, String traceId) {
    return answer(503, detail, traceId).with(RETRY_AFTER, RETRY_SECONDS);
  }

  private static Answer document(
      int status, String detail, String traceId, @Nullable List<FieldError> errors) {
    Problem problem =
        new Problem(
            "about:blank", Status.create(status).reasonPhrase(), status, detail, traceId, errors);
    return Answer.of(status, Answer.PROBLEM, Json.MAPPER.writeValueAsBytes(problem));
  }

  private static String text(Throwable thrown) {
    return thrown.getMessage() == null ? "The request is not valid." : thrown.getMessage();
  }
}
