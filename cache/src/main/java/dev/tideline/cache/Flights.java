package dev.tideline.cache;

import dev.tideline.cache.Flight.Landing;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The loads under way in this instance, one at a time for each key. Thread-safe. */
final class Flights<V> {

  private final Map<String, Flight<V>> flights = new ConcurrentHashMap<>();

  /** A load, and whether it was begun for this request. */
  record Joined<V>(Flight<V> flight, boolean mine) {}

  /** For each key the load in progress, or one that begins now. */
  Map<String, Joined<V>> join(Collection<String> keys) {
    Map<String, Joined<V>> joined = new LinkedHashMap<>();
    for (String key : keys) {
      Flight<V> begun = Flight.begin();
      Flight<V> other = flights.putIfAbsent(key, begun);
      if (other == null) {
        joined.put(key, new Joined<>(begun, true));
      } else {
        joined.putIfAbsent(key, new Joined<>(other, false)); // a key may be asked for twice
      }
    }
    return joined;
  }

  /** The loads that were begun for this request. */
  static <V> Map<String, Flight<V>> mine(Map<String, Joined<V>> joined) {
    Map<String, Flight<V>> mine = new LinkedHashMap<>();
    joined.forEach((key, one) -> {
      if (one.mine()) {
        mine.put(key, one.flight());
      }
    });
    return mine;
  }

  void land(String key, Flight<V> flight, Landing<V> landing) {
    flights.remove(key, flight);
    flight.landing().complete(landing);
  }

  void fail(String key, Flight<V> flight, Throwable why) {
    flights.remove(key, flight);
    flight.landing().completeExceptionally(why);
  }

  /** The keys whose loads are still under way. */
  static <V> List<String> open(Map<String, Flight<V>> begun) {
    return begun.entrySet().stream()
        .filter(one -> !one.getValue().isOver())
        .map(Map.Entry::getKey)
        .toList();
  }
}
