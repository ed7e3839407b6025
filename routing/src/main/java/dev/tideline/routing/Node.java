package dev.tideline.routing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL server: its pool, who uses it, and what it last said of itself. What that means
 * for routing is {@link Cluster}'s to say. Thread-safe.
 */
final class Node implements ReplicaCandidate, AutoCloseable {

  /** Weight of the newest in the moving mean of latency. */
  private static final int LATENCY_SHARE = 16;

  private final int slot;
  private final NodeAddress address;
  private final RouterConfig config;
  private final RoutingListener listener;
  private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong latencyNanos = new AtomicLong();
  private final LongAdder reads = new LongAdder();
  private volatile NodePool pool;
  private volatile int connectionsMax;
  private volatile boolean up = true;
  private volatile @Nullable Sighting sighting;
  private volatile Position reached = Position.UNKNOWN;
  private volatile @Nullable Duration lag;
  private volatile boolean lagging;

  /** When the poll began that has no answer yet, by {@link System#nanoTime}. */
  private volatile @Nullable Long polledSince;

  Node(
      int slot, NodeAddress address, NodeRole role, RouterConfig config, RoutingListener listener) {
    this.slot = slot;
    this.address = address;
    this.config = config;
    this.listener = listener;
    this.pool = new NodePool(address, role, config);
  }

  /** Its bit in a set of nodes. */
  long bit() {
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

  NodeRole role() {
    return pool.role();
  }

  boolean isUp() {
    return up;
  }

  @Nullable Sighting sighting() {
    return sighting;
  }

  void saw(Sighting seen) {
    sighting = seen;
    reached = seen.position();
  }

  void pollBegins() {
    polledSince = System.nanoTime();
  }

  void pollEnds() {
    polledSince = null;
  }

  private Duration silence() {
    Long since = polledSince;
    return since == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  /** It was seen at this place, between two polls. */
  void reached(Position position) {
    reached = position;
  }

  /** Where it was last seen. */
  long reachedLsn() {
    return reached.lsn();
  }

  /** Whether it was last seen at a position or past it. */
  boolean hasReached(Position position) {
    Position last = reached;
    return position.isReachedBy(last.epoch(), last.lsn());
  }

  Optional<Duration> lag() {
    return Optional.ofNullable(lag);
  }

  boolean isLagging() {
    return lagging;
  }

  /** Past the limit it is lagging, until it is under four fifths of it. */
  void lagIs(@Nullable Duration known) {
    lag = known;
    Duration limit = config.reads().maxLag();
    if (known != null) {
      lagging = known.compareTo(lagging ? limit.multipliedBy(4).dividedBy(5) : limit) > 0;
    }
  }

  /**
   * Believes it dead; those who wait for it or read from it are told. What it had replayed is
   * forgotten: after a crash it can come back at an earlier place.
   *
   * @return whether that is news
   */
  boolean lost() {
    boolean news = up;
    up = false;
    sighting = null;
    reached = Position.UNKNOWN;
    leases.forEach(Lease::nodeLost);
    return news;
  }

  /** Believes it alive; answers whether that is news. */
  boolean found() {
    if (up) {
      return false;
    }
    pool.renew(); // those from before may be dead
    up = true;
    return true;
  }

  /** Takes another role; what was lent in the old one ends in it. */
  void becomes(NodeRole role) {
    NodePool old = pool;
    if (old.role() != role) {
      pool = new NodePool(address, role, config);
      old.retire();
    }
  }

  /**
   * Lends a connection.
   *
   * @param repeatable whether the work may be cut off when the node is found dead
   */
  Lease lend(boolean repeatable) throws SQLException {
    Lease lease = new Lease(this, pool, repeatable);
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

  void countRead() {
    reads.increment();
  }

  /** Whether a connection was refused by a full pool of a node that is there. */
  boolean isExhausted() {
    return up && pool.isFull();
  }

  /** A connection outside the pool, for polls. */
  Connection connectForPolls() throws SQLException {
    Properties properties =
        NodePool.connectionProperties(Math.toIntExact(config.probes().timeout().toSeconds()));
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    return DriverManager.getConnection(address.url(), properties);
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
        pool.usage());
  }

  /** How many connections its server allows, to all together. */
  void takesConnections(int most) {
    connectionsMax = most;
  }

  /** Makes the pool as large as the budget allows on this server, if it has answered yet. */
  void fitPool(ConnectionBudget budget) {
    int most = connectionsMax;
    if (most > 0) {
      pool.resize(budget.poolSize(name(), most, config.pools().size()));
    }
  }

  /** Closes when what was lent is back. */
  void retire() {
    up = false;
    pool.retire();
  }

  /** Opens the pool's first connections, for as long as the wait says at most. */
  void fill(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    NodePool filled = pool;
    while (up && System.nanoTime() < deadline && filled.usage().idle() < filled.idleWanted()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
