package dev.tideline.routing.datasource;

import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.Node;
import dev.tideline.routing.node.SqlFailure;
import dev.tideline.routing.route.Routes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The physical connections that a routed connection currently has: one for new reads, one for
 * writes, which may be the same, and others that only have open results. Used by one thread at a
 * time; {@link #abort} from any thread.
 */
final class SessionConnections {

  private final Routes routes;
  private final List<PhysicalConnection> all = new CopyOnWriteArrayList<>();
  private @Nullable PhysicalConnection reader;
  private @Nullable PhysicalConnection writer;

  SessionConnections(Routes routes) {
    this.routes = routes;
  }

  List<PhysicalConnection> all() {
    return Collections.unmodifiableList(all);
  }

  /** The connection for the next read; null if one has to be chosen. */
  @Nullable PhysicalConnection reader() {
    return reader;
  }

  @Nullable PhysicalConnection writer() {
    return writer;
  }

  PhysicalConnection addReader(Lease lease, Connection connection) {
    PhysicalConnection physical = new PhysicalConnection(lease, connection);
    all.add(physical);
    reader = physical;
    return physical;
  }

  PhysicalConnection addWriter(Lease lease) {
    PhysicalConnection physical = new PhysicalConnection(lease, lease.watched());
    all.add(physical);
    writer = physical;
    return physical;
  }

  /** Makes a reading connection the writer; its open results stay open during writes. */
  void becomesWriter(PhysicalConnection physical) {
    physical.writes();
    writer = physical;
  }

  /** A connection to the primary, null if none is held. */
  @Nullable PhysicalConnection onPrimary() {
    Node primary = routes.nodes().view().primary();
    for (PhysicalConnection physical : all) {
      if (physical.node().equals(primary) && physical.lease().mayWrite() && !physical.isGivenUp()) {
        return physical;
      }
    }
    return null;
  }

  /** Any usable connection, null if none is held. */
  @Nullable PhysicalConnection any() {
    for (PhysicalConnection physical : all) {
      if (!physical.isGivenUp()) {
        return physical;
      }
    }
    return null;
  }

  /** The connection with a transaction in progress, null if there is none. */
  @Nullable PhysicalConnection transaction() {
    for (PhysicalConnection physical : all) {
      if (physical.inTransaction()) {
        return physical;
      }
    }
    return null;
  }

  /**
   * Called when the consistency required of reads has changed: drops the reader, which was chosen
   * for the previous one. Its open statements keep it; a transaction or a changed session stays
   * where it is.
   */
  void readsChanged() {
    PhysicalConnection reading = reader;
    if (reading != null && transaction() == null && !reading.isKept()) {
      reader = null;
    }
  }

  /** Runs nothing new on a connection; its open results may be read to the end. */
  void giveUp(PhysicalConnection physical) {
    physical.giveUp();
    forget(physical);
    releaseIfIdle(physical);
  }

  /** Handles a failure: if the connection was lost, so is what was in progress there. */
  void failed(PhysicalConnection physical, SQLException e, SessionState state) {
    if (SqlFailure.of(e) == SqlFailure.CONNECTION_LOST) {
      state.lost(physical);
      routes.nodes().suspect(physical.node(), e);
      giveUp(physical);
    }
  }

  private void forget(PhysicalConnection physical) {
    if (physical.equals(reader)) {
      reader = null;
    }
    if (physical.equals(writer)) {
      writer = null;
    }
  }

  void releaseIfIdle(PhysicalConnection physical) {
    if (physical.isIdle() && all.remove(physical)) {
      forget(physical);
      physical.release();
    }
  }

  void close() {
    for (PhysicalConnection physical : List.copyOf(all)) {
      if (all.remove(physical)) {
        physical.release();
      }
    }
    reader = null;
    writer = null;
  }

  void abort(Executor executor) throws SQLException {
    for (PhysicalConnection physical : all) {
      physical.raw().abort(executor);
    }
    close();
  }
}
