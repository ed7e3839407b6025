package dev.tideline.engine.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.engine.database.RefusedValueException;
import dev.tideline.engine.input.OverloadedException;
import dev.tideline.routing.Written;
import dev.tideline.routing.token.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class EventWriterTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  /** Remembers ids, and lets each group through only with a permit. */
  private static final class FakeStore implements EventWriter.GroupStore {
    final Semaphore permits = new Semaphore(0);
    final Set<UUID> seen = new HashSet<>();
    final List<Integer> groups = new CopyOnWriteArrayList<>();
    volatile RuntimeException failure;
    volatile Predicate<Event> unstorable = event -> false;

    @Override
    public Written<Set<UUID>> insert(List<Event> events) {
      permits.acquireUninterruptibly();
      groups.add(events.size());
      if (failure != null) {
        throw failure;
      }
      if (events.stream().anyMatch(unstorable)) {
        throw new RefusedValueException("22003", null);
      }
      return new Written<>(
          events.stream().map(Event::eventId).filter(seen::add).collect(Collectors.toSet()),
          Position.UNKNOWN);
    }
  }

  private final FakeStore store = new FakeStore();

  private static Event event(UUID id) {
    return new Event(id, "u", null, "p", EventType.VIEW, null, null, null, null, Instant.EPOCH);
  }

  private static List<Event> events(int count) {
    return Stream.generate(() -> event(UUID.randomUUID())).limit(count).toList();
  }

  @Test
  void write_sameIdTwice_countsOnce() {
    store.permits.release(10);
    try (EventWriter writer = new EventWriter(store)) {
      UUID id = UUID.randomUUID();
      EventReceipt first = writer.write(List.of(event(id), event(id)));
      assertThat(first.accepted()).hasSize(1);
      assertThat(first.duplicates()).isEqualTo(1);
      EventReceipt again = writer.write(List.of(event(id)));
      assertThat(again.accepted()).isEmpty();
      assertThat(again.duplicates()).isEqualTo(1);
    }
  }

  @Test
  void write_requestsWhileAGroupIsStored_shareTheNextGroup() throws Exception {
    try (EventWriter writer = new EventWriter(store);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EventReceipt>> receipts = new ArrayList<>();
      receipts.add(clients.submit(() -> writer.write(events(1))));
      await().atMost(LONG).until(() -> store.permits.hasQueuedThreads());
      for (int i = 0; i < 20; i++) {
        receipts.add(clients.submit(() -> writer.write(events(2))));
      }
      await().atMost(LONG).until(() -> writer.queued() == 40);
      store.permits.release(100);
      for (Future<EventReceipt> receipt : receipts) {
        assertThat(receipt.get().duplicates()).isZero();
      }
      assertThat(store.groups).containsExactly(1, 40);
    }
  }

  @Test
  void write_sameIdInTwoRequestsOfAGroup_isAcceptedForOneOfThem() throws Exception {
    UUID id = UUID.randomUUID();
    try (EventWriter writer = new EventWriter(store);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<EventReceipt> blocker = clients.submit(() -> writer.write(events(1)));
      await().atMost(LONG).until(() -> store.permits.hasQueuedThreads());
      List<Future<EventReceipt>> two =
          List.of(
              clients.submit(() -> writer.write(List.of(event(id)))),
              clients.submit(() -> writer.write(List.of(event(id)))));
      await().atMost(LONG).until(() -> writer.queued() == 2);
      store.permits.release(100);
      blocker.get();
      int accepted = two.get(0).get().accepted().size() + two.get(1).get().accepted().size();
      assertThat(accepted).isEqualTo(1);
    }
  }

  @Test
  void write_storeFails_tellsEveryoneInTheGroupAndGoesOn() {
    store.permits.release(10);
    try (EventWriter writer = new EventWriter(store)) {
      store.failure = new IllegalStateException("primary gone");
      assertThatThrownBy(() -> writer.write(events(1))).hasMessage("primary gone");
      store.failure = null;
      assertThat(writer.write(events(1)).accepted()).hasSize(1);
    }
  }

  /** Has so many requests of some events each wait for one group, and gives what they got. */
  private List<Future<EventReceipt>> group(
      EventWriter writer, ExecutorService clients, List<List<Event>> requests) {
    Future<EventReceipt> before = clients.submit(() -> writer.write(events(1)));
    await().atMost(LONG).until(() -> store.permits.hasQueuedThreads());
    List<Future<EventReceipt>> receipts = new ArrayList<>();
    for (List<Event> request : requests) {
      receipts.add(clients.submit(() -> writer.write(request)));
    }
    int events = requests.stream().mapToInt(List::size).sum();
    await().atMost(LONG).until(() -> writer.queued() == events);
    store.permits.release(1_000);
    assertThat(before).succeedsWithin(LONG);
    return receipts;
  }

  @Test
  void write_databaseRefusesOneEvent_storesAllOthersOfTheGroup() throws Exception {
    List<List<Event>> requests = Stream.generate(() -> events(4)).limit(54).toList();
    UUID bad = requests.get(17).get(2).eventId();
    store.unstorable = event -> event.eventId().equals(bad);
    try (EventWriter writer = new EventWriter(store);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EventReceipt>> receipts = group(writer, clients, requests);
      for (int i = 0; i < requests.size(); i++) {
        EventReceipt receipt = receipts.get(i).get();
        assertThat(receipt.accepted()).as("request %d", i).hasSize(i == 17 ? 3 : 4);
        assertThat(receipt.refused()).isEqualTo(i == 17 ? Map.of(bad, "22003") : Map.of());
        assertThat(receipt.duplicates()).isZero();
      }
      assertThat(store.seen).hasSize(1 + 54 * 4 - 1);
    }
  }

  @Test
  void write_databaseRefusesMostOfAGroup_endsAndSaysToSendAgain() throws Exception {
    List<Event> bad = events(450);
    Set<UUID> ids = bad.stream().map(Event::eventId).collect(Collectors.toSet());
    store.unstorable = event -> ids.contains(event.eventId());
    try (EventWriter writer = new EventWriter(store);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EventReceipt>> receipts =
          group(writer, clients, List.of(bad, events(20), events(20)));
      assertThatThrownBy(() -> receipts.get(0).get()).hasCauseInstanceOf(OverloadedException.class);
      assertThat(store.groups).hasSizeLessThanOrEqualTo(1 + GroupInsert.STATEMENTS_MAX);
      assertThat(writer.write(events(1)).accepted()).hasSize(1);
    }
  }

  @Test
  void write_queueFull_isRefusedAndLosesNothing() throws Exception {
    try (EventWriter writer = new EventWriter(store);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<EventReceipt> first = clients.submit(() -> writer.write(events(1)));
      await().atMost(LONG).until(() -> store.permits.hasQueuedThreads());
      Future<EventReceipt> full =
          clients.submit(() -> writer.write(events(EventWriter.QUEUE_EVENTS_MAX)));
      await().atMost(LONG).until(() -> writer.queued() == EventWriter.QUEUE_EVENTS_MAX);
      assertThatThrownBy(() -> writer.write(events(1))).isInstanceOf(OverloadedException.class);
      store.permits.release(100);
      assertThat(first.get().accepted()).hasSize(1);
      assertThat(full.get().accepted()).hasSize(EventWriter.QUEUE_EVENTS_MAX);
    }
  }

  @Test
  void close_requestsWaiting_storesThemFirst() throws Exception {
    ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    EventWriter writer = new EventWriter(store);
    Future<EventReceipt> waiting = clients.submit(() -> writer.write(events(3)));
    await().atMost(LONG).until(() -> store.permits.hasQueuedThreads());
    store.permits.release(100);
    writer.close();
    assertThat(waiting.get().accepted()).hasSize(3);
    assertThatThrownBy(() -> writer.write(events(1))).isInstanceOf(OverloadedException.class);
    clients.close();
  }
}
