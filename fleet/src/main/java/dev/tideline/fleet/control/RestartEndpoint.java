package dev.tideline.fleet.control;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.data.FleetJson;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code POST /restart}: answers when every instance has been replaced. Only one restart runs at a
 * time.
 */
final class RestartEndpoint implements Handler {

  private final String token;
  private final Restart restart;
  private final AtomicBoolean isUnderWay = new AtomicBoolean();

  RestartEndpoint(String token, Restart restart) {
    this.token = token;
    this.restart = restart;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) throws InterruptedException {
    if (!isAllowed(request)) {
      response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
      ControlServer.problem(response, Status.UNAUTHORIZED_401, "The admin token is required.");
      return;
    }
    if (!isUnderWay.compareAndSet(false, true)) {
      ControlServer.problem(response, Status.CONFLICT_409, "A restart is already in progress.");
      return;
    }
    try {
      ControlServer.send(
          response,
          "application/json",
          FleetJson.MAPPER.writeValueAsBytes(Map.of("instances", restart.replaceEach())));
    } catch (ServerException e) {
      ControlServer.problem(
          response, Status.SERVICE_UNAVAILABLE_503, String.valueOf(e.getMessage()));
    } finally {
      isUnderWay.set(false);
    }
  }

  private boolean isAllowed(ServerRequest request) {
    byte[] wanted = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    byte[] shown =
        request
            .headers()
            .first(HeaderNames.AUTHORIZATION)
            .orElse("")
            .getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(wanted, shown);
  }
}
