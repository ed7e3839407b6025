package dev.tideline.routing.node;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings with which the router's sessions start. They are sent in the startup packet: they
 * apply from the first statement on, override the settings of the role, the database and the
 * server, and {@code RESET ALL} and {@code DISCARD ALL} restore them.
 *
 * <ul>
 *   <li>isolation: a position is queried in the statement before a read, which is correct only if
 *       each statement has its own snapshot; and standbys refuse {@code serializable}
 *   <li>{@code statement_timeout}: a statement that no caller waits for any more is canceled
 *   <li>{@code idle_session_timeout}: sessions of a pool are expected to be idle
 *   <li>{@code standard_conforming_strings}: the classifier reads string literals this way
 * </ul>
 *
 * <p>Left to the operator: {@code search_path}, {@code lock_timeout}, the other timeouts, and
 * whether the primary's sessions are read-only. The driver sets the time zone and the formats that
 * it reads.
 */
final class SessionDefaults {

  private final Map<String, String> settings = new LinkedHashMap<>();

  private SessionDefaults(Duration statementTimeout) {
    settings.put("default_transaction_isolation", "read committed");
    settings.put("default_transaction_deferrable", "off");
    settings.put("standard_conforming_strings", "on");
    settings.put("idle_session_timeout", "0");
    settings.put("statement_timeout", Long.toString(statementTimeout.toMillis()));
  }

  /** For replicas: read-only even if the node is promoted during the session. */
  static SessionDefaults forReads(PoolSettings pools) {
    return new SessionDefaults(pools.statementTimeout())
        .with("default_transaction_read_only", "on");
  }

  static SessionDefaults forWrites(PoolSettings pools) {
    return new SessionDefaults(pools.statementTimeout());
  }

  /** For polls: a heartbeat must not wait for a lock or for a synchronous standby. */
  static SessionDefaults forPolls(ProbeSettings probes) {
    return new SessionDefaults(probes.timeout())
        .with("lock_timeout", "100")
        .with("synchronous_commit", "local");
  }

  /** Commits are flushed before they are acknowledged; otherwise no position would cover them. */
  SessionDefaults withSynchronousCommit() {
    return with("synchronous_commit", "on");
  }

  private SessionDefaults with(String name, String value) {
    settings.put(name, value);
    return this;
  }

  /** The value of the startup parameter {@code options}. */
  String options() {
    return settings.entrySet().stream()
        .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue().replace(" ", "\\ "))
        .collect(Collectors.joining(" "));
  }
}
