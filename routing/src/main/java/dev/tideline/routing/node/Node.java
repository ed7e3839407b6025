package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL server: its pool, its leases, and the state that it last reported. {@link Cluster}
 * decides what that means for routing. Thread-safe.
 */
public final class Node implements ReplicaCandidate, AutoCloseable {

  /** The divisor that gives the weight of the newest value in the moving average of latency. */
  private static final int LATENCY_SHARE = 16;

  private final int slot;
  private final NodeAddress address;
  private final NodeSettings settings;
  private final NodeListener listener;
  private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong latencyNanos = new AtomicLong();
  private final LongAdder reads = new LongAdder();
  private final NodeConnector connector;
  private final BudgetedPool pool;
  private volatile boolean up = true;
  private volatile boolean suspected;
  private volatile @Nullable Sighting sighting;
  private volatile long seenNanos = System.nanoTime();
  private volatile Position reached = Position.UNKNOWN;
  private volatile @Nullable Duration lag;
  private volatile boolean lagging;

  /** When the unanswered poll began, by {@link System#nanoTime}; null if there is none. */
  private volatile @Nullable Long polledSince;

  Node(int slot, NodeAddress address, NodeRole role, NodeSettings settings, NodeListener listener) {
    this.slot = slot;
    this.address = address;
    this.settings = settings;
    this.listener = listener;
    this.connector = new NodeConnector(address, settings);
    this.pool = new BudgetedPool(address, connector, role, settings);
  }

  /** Its bit in a set of nodes. */
  public long bit() {
    return 1L << slot;
  }

  @Override
  public String name() {
    return address.name();
  }

  String url() {
    return address.url();
  }

  @Override
  public int weight() {
    return address.weight();
  }

  @Override
  public long lagMillis() {
    Duration known = lag;
    return known == null ? 0 : known.toMillis();
  }

  @Override
  public int inFlight() {
    return inFlight.get();
  }

  @Override
  public long latencyNanos() {
    return latencyNanos.get();
  }

  public NodeRole role() {
    return pool.current().role();
  }

  public boolean isUp() {
    return up;
  }

  @Nullable Sighting sighting() {
    return sighting;
  }

  void recordSighting(Sighting seen) {
    sighting = seen;
    reached = seen.position();
    seenNanos = System.nanoTime();
    suspected = false;
  }

  boolean isSuspected() {
    return suspected;
  }

  /** Marks the node as suspected; returns whether it was up and not suspected before. */
  boolean suspect() {
    boolean news = up && !suspected;
    suspected = up;
    return news;
  }

  /** Clears the suspicion of a server that answers but did not report its position. */
  void trust() {
    suspected = false;
  }

  void pollBegins() {
    if (polledSince == null) {
      polledSince = System.nanoTime();
    }
  }

  void pollEnds() {
    polledSince = null;
  }

  private Duration silence() {
    Long since = polledSince;
    return since == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  /** Records a position that was seen between two polls. */
  public void reached(Position position) {
    reached = position;
  }

  /** The LSN at which it was last seen. */
  public long reachedLsn() {
    return reached.lsn();
  }

  /** Whether it was last seen at a position or past it. */
  public boolean hasReached(Position position) {
    Position last = reached;
    return position.isReachedBy(last.epoch(), last.lsn());
  }

  public Optional<Duration> lag() {
    return Optional.ofNullable(lag);
  }

  boolean isLagging() {
    return lagging || isUnseen();
  }

  /** Whether it has not been polled for so long that it may be past the lag limit. */
  private boolean isUnseen() {
    ProbeSettings probes = settings.probes();
    Duration limit = settings.maxLag().plus(probes.interval()).plus(probes.timeout());
    return System.nanoTime() - seenNanos > limit.toNanos();
  }

  /** Past the lag limit it is lagging, until its lag is under four fifths of the limit. */
  void setLag(@Nullable Duration known) {
    lag = known;
    Duration limit = settings.maxLag();
    if (known != null) {
      lagging = known.compareTo(lagging ? limit.multipliedBy(4).dividedBy(5) : limit) > 0;
    }
  }

  /**
   * Marks the node as down; callers that wait for it or read from it are notified. Its position is
   * forgotten: after a crash it can start at an earlier one.
   *
   * @return whether it was up before
   */
  boolean lost() {
    boolean news = up;
    up = false;
    suspected = false;
    sighting = null;
    reached = Position.UNKNOWN;
    leases.forEach(Lease::nodeLost);
    return news;
  }

  /** Marks the node as up; returns whether it was down before. */
  boolean found() {
    if (up) {
      return false;
    }
    pool.renew();
    up = true;
    return true;
  }

  BudgetedPool pool() {
    return pool;
  }

  /**
   * Leases a connection.
   *
   * @param repeatable whether the work may be aborted when the node is marked down
   */
  Lease lend(boolean repeatable) throws SQLException {
    if (Thread.currentThread().isInterrupted()) { // it would close the connection
      throw new SQLException("interrupted before a connection was acquired");
    }
    Lease lease = new Lease(this, pool.current(), repeatable);
    leases.add(lease);
    inFlight.incrementAndGet();
    try {
      lease.acquire();
    } catch (SQLException e) {
      lease.close();
      throw e;
    }
    listener.connectionAcquired(name(), Duration.ofNanos(lease.nanosSoFar()));
    return lease;
  }

  void ended(Lease lease) {
    leases.remove(lease);
    inFlight.decrementAndGet();
    long mean = latencyNanos.get();
    long now = lease.nanosSoFar();
    latencyNanos.lazySet(mean == 0 ? now : mean + (now - mean) / LATENCY_SHARE);
  }

  public void countRead() {
    reads.increment();
  }

  /** Whether the node is up but its pool cannot open more connections. */
  public boolean isExhausted() {
    return up && pool.current().isExhausted();
  }

  /** Opens a connection outside the pool, for polls. */
  Connection connectForPolls() throws SQLException {
    return connector.openForPolls();
  }

  NodeStatus status(NodeState state, long lagBytes) {
    return new NodeStatus(
        name(),
        address.url(),
        role(),
        state,
        role() == NodeRole.PRIMARY ? Optional.empty() : lag(),
        role() == NodeRole.PRIMARY ? -1 : lagBytes,
        reached,
        reads.sum(),
        inFlight.get(),
        silence(),
        pool.current().usage());
  }

  /** Closes once all leased connections are returned. */
  void retire() {
    up = false;
    pool.retire();
  }

  @Override
  public void close() {
    pool.close();
  }
}
