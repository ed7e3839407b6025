package dev.tideline.engine.preferences;

import dev.tideline.engine.sessions.SessionHistory;
import dev.tideline.routing.token.Position;
import java.util.Optional;

/** Deletes a user's personal data. Thread-safe. */
public final class UserPrivacy {

  private final UserStore users;
  private final SessionHistory sessions;

  public UserPrivacy(UserStore users, SessionHistory sessions) {
    this.users = users;
    this.sessions = sessions;
  }

  /**
   * Deletes a user's data. The sessions are deleted first; if that fails, nothing else is deleted,
   * so that the caller can retry the whole request.
   *
   * @return empty if the sessions cannot be reached now
   */
  public Optional<Position> forget(String userId) {
    return sessions.forget(users.sessions(userId))
        ? Optional.of(users.forget(userId).position())
        : Optional.empty();
  }
}
