package dev.tideline.engine.events;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.engine.input.OverloadedException;
import dev.tideline.routing.Written;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the events of many requests with one statement and one COMMIT: a request joins the group
 * that is being collected, and is answered when that group is on disk.
 *
 * <p>A group closes after 5 ms or at 500 events. Requests that arrive one at a time do not wait: a
 * group waits for further requests only if the group before it had more than one. An event that the
 * database refuses is left out of its group; the others are stored ({@link GroupInsert}).
 * Thread-safe.
 */
public final class EventWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

  static final int GROUP_EVENTS_MAX = 500;
  static final Duration LINGER = Duration.ofMillis(5);

  /** The most events that may wait to be stored; a request that would exceed it is refused. */
  static final int QUEUE_EVENTS_MAX = 20_000;

  /** Stores one group; {@link EventStore#insert} in the service. */
  @FunctionalInterface
  interface GroupStore {
    Written<Set<UUID>> insert(List<Event> events);
  }

  private record Waiting(List<Event> events, CompletableFuture<EventReceipt> receipt) {}

  private final GroupStore store;
  private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final BackgroundLoop loop;

  /** Whether the last group had more than one request; used only by the loop. */
  private boolean company;

  private volatile boolean closing;

  public EventWriter(EventStore store) {
    this(store::insert);
  }

  EventWriter(GroupStore store) {
    this.store = store;
    this.loop = BackgroundLoop.start("event-writer", this::round);
  }

  /**
   * Stores events, and returns when they are stored.
   *
   * @throws OverloadedException if too many events are waiting, and nothing was stored; or if so
   *     many events of the group were refused that these were not tried
   * @throws RuntimeException the failure of the store; whether the events were stored is unknown,
   *     and it is safe to send them again with the same ids
   */
  public EventReceipt write(List<Event> events) {
    if (closing) {
      throw new OverloadedException("the instance is stopping");
    }
    if (queued.addAndGet(events.size()) > QUEUE_EVENTS_MAX) {
      queued.addAndGet(-events.size());
      throw new OverloadedException(QUEUE_EVENTS_MAX + " events are waiting to be stored");
    }
    Waiting waiting = new Waiting(events, new CompletableFuture<>());
    queue.add(waiting);
    try {
      return waiting.receipt().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** How many events are waiting now. */
  int queued() {
    return queued.get();
  }

  private boolean round() throws InterruptedException {
    if (closing && queue.isEmpty()) {
      return false;
    }
    Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
    if (first != null) {
      List<Waiting> group = gather(first, company);
      company = group.size() > 1;
      store(group);
    }
    return true;
  }

  private List<Waiting> gather(Waiting first, boolean linger) throws InterruptedException {
    List<Waiting> group = new ArrayList<>(List.of(first));
    int events = first.events().size();
    long deadline = System.nanoTime() + (linger ? LINGER.toNanos() : 0);
    while (events < GROUP_EVENTS_MAX) {
      Waiting next = queue.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (next == null) {
        break;
      }
      group.add(next);
      events += next.events().size();
    }
    return group;
  }

  private void store(List<Waiting> group) {
    Map<UUID, Event> distinct = new LinkedHashMap<>();
    for (Waiting waiting : group) {
      waiting.events().forEach(event -> distinct.putIfAbsent(event.eventId(), event));
      queued.addAndGet(-waiting.events().size());
    }
    try {
      answer(group, List.copyOf(distinct.values()));
    } catch (RuntimeException | Error e) { // or the callers would wait for ever
      group.forEach(waiting -> waiting.receipt().completeExceptionally(e));
    }
  }

  private void answer(List<Waiting> group, List<Event> events) {
    GroupInsert insert = new GroupInsert(store);
    insert.run(events);
    if (!insert.refused().isEmpty()) {
      log.warn(
          "the database refused {} valid events (SQLSTATE {})",
          insert.refused().size(),
          Set.copyOf(insert.refused().values()));
    }
    group.forEach(waiting -> answer(waiting, insert));
  }

  private static void answer(Waiting waiting, GroupInsert insert) {
    Optional<RuntimeException> failure =
        waiting.events().stream()
            .map(event -> insert.failed().get(event.eventId()))
            .filter(Objects::nonNull)
            .findFirst();
    if (failure.isPresent()) {
      waiting.receipt().completeExceptionally(failure.get());
    } else {
      waiting.receipt().complete(receipt(waiting.events(), insert));
    }
  }

  /** An id counts once, for the first request of the group that sent it. */
  private static EventReceipt receipt(List<Event> events, GroupInsert insert) {
    List<Event> accepted = new ArrayList<>();
    Map<UUID, String> refused = new HashMap<>();
    int duplicates = 0;
    for (Event event : events) {
      String state = insert.refused().get(event.eventId());
      if (state != null) {
        refused.put(event.eventId(), state);
      } else if (insert.fresh().remove(event.eventId())) {
        accepted.add(event);
      } else {
        duplicates++;
      }
    }
    return new EventReceipt(accepted, duplicates, refused, insert.position());
  }

  /** Stores the waiting events, and refuses new ones. */
  @Override
  public void close() {
    closing = true;
    try {
      loop.join(ChronoUnit.FOREVER.getDuration());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
