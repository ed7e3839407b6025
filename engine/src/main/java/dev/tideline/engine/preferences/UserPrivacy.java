package dev.tideline.engine.preferences;

import dev.tideline.engine.sessions.SessionHistory;
import dev.tideline.routing.token.Position;
import java.util.Optional;

/** Lets a user be forgotten. Thread-safe. */
public final class UserPrivacy {

  private final UserStore users;
  private final SessionHistory sessions;

  public UserPrivacy(UserStore users, SessionHistory sessions) {
    this.users = users;
    this.sessions = sessions;
  }

  /**
   * Forgets a user. The sessions go first: where they cannot, nothing is done, so that the whole
   * can be asked for again.
   *
   * @return empty if the sessions cannot be reached now
   */
  public Optional<Position> forget(String userId) {
    return sessions.forget(users.sessions(userId))
        ? Optional.of(users.forget(userId).position())
        : Optional.empty();
  }
}
