package dev.tideline.routing.node;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings with which the router's sessions begin. They travel in the startup packet: they hold
 * from the first statement on, override what the role, the database or the server has set, and
 * {@code RESET ALL} and {@code DISCARD ALL} return to them.
 *
 * <ul>
 *   <li>isolation: a position is asked in the statement before a read, which is right only if each
 *       statement has a snapshot of its own; and standbys refuse {@code serializable}
 *   <li>{@code statement_timeout}: what nobody waits for any more ends
 *   <li>{@code idle_session_timeout}: sessions of a pool are meant to be idle
 *   <li>{@code standard_conforming_strings}: the classifier reads string literals so
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

  /** On replicas: read-only even if the node is promoted under them. */
  static SessionDefaults forReads(PoolSettings pools) {
    return new SessionDefaults(pools.statementTimeout())
        .with("default_transaction_read_only", "on");
  }

  static SessionDefaults forWrites(PoolSettings pools) {
    return new SessionDefaults(pools.statementTimeout());
  }

  /** What must not wait: a heartbeat for a lock, or for a synchronous standby. */
  static SessionDefaults forPolls(ProbeSettings probes) {
    return new SessionDefaults(probes.timeout())
        .with("lock_timeout", "100")
        .with("synchronous_commit", "local");
  }

  /** Commits are on disk before they are acknowledged, or no position would cover them. */
  SessionDefaults withSynchronousCommit() {
    return with("synchronous_commit", "on");
  }

  private SessionDefaults with(String name, String value) {
    settings.put(name, value);
    return this;
  }

  /** As the startup parameter {@code options} has them. */
  String options() {
    return settings.entrySet().stream()
        .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue().replace(" ", "\\ "))
        .collect(Collectors.joining(" "));
  }
}
