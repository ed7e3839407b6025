package dev.tideline.engine.caching;

import dev.tideline.cache.Stamp;
import dev.tideline.engine.catalog.Product;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.routing.token.Position;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Knows what was written, in which order and from which place on it must be seen, and holds what is
 * read against it. Each write of a product is a version, which its price shows; its title has the
 * word of the group that it is in. Thread-safe.
 */
final class FreshnessChecker {

  /** A version; its place is not known before its write has returned. */
  private record Version(long number, String group, Optional<Position> place) {}

  private record Load(String id, long version, Stamp stamp) {}

  private final List<String> ids = new ArrayList<>();
  private final List<String> groups;
  private final Map<String, List<Version>> written = new HashMap<>();
  private final Queue<Load> loads = new ConcurrentLinkedQueue<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private Optional<Position> newest = Optional.empty();

  FreshnessChecker(int products, List<String> groups) {
    this.groups = groups;
    for (int i = 0; i < products; i++) {
      ids.add("checked-" + i);
      written.put("checked-" + i, new ArrayList<>());
    }
  }

  List<String> ids() {
    return ids;
  }

  Queue<String> violations() {
    return violations;
  }

  static long version(Product product) {
    return product.price() == null ? 0 : product.price().longValue();
  }

  /** The next version of a product; its writes come one after another. */
  synchronized ProductDraft begin(String id, Random random) {
    List<Version> versions = written.get(id);
    String group = groups.get(random.nextInt(groups.size()));
    versions.add(new Version(versions.size() + 1, group, Optional.empty()));
    return new ProductDraft(
        id,
        "Thing " + group,
        null,
        null,
        "Checks",
        BigDecimal.valueOf(versions.size()),
        "USD",
        true,
        Map.of());
  }

  synchronized void returned(String id, Position place) {
    List<Version> versions = written.get(id);
    Version last = versions.removeLast();
    boolean known = place.isKnown();
    versions.add(
        new Version(last.number(), last.group(), known ? Optional.of(place) : Optional.empty()));
    if (known) {
      newest = Optional.of(place);
    }
  }

  /** The place of a write that has lately returned, by anybody. */
  synchronized Optional<Position> token() {
    return newest;
  }

  /** The number of the oldest version that who reads at a place may be shown. */
  private synchronized long least(String id, long lsn) {
    long least = 0;
    for (Version version : written.get(id)) {
      if (version.place().filter(place -> place.lsn() <= lsn).isPresent()) {
        least = version.number();
      }
    }
    return least;
  }

  private synchronized List<Version> since(String id, long least) {
    List<Version> all = written.get(id);
    return List.copyOf(all.subList((int) Math.max(0, least - 1), all.size()));
  }

  /** A product was read by a token; before that, the least version that it may show was told. */
  void check(String id, Optional<Product> found, long least, Position token) {
    long shown = found.map(FreshnessChecker::version).orElse(0L);
    if (shown < least) {
      violations.add(
          "%s shows version %d, not %d or later, by %d".formatted(id, shown, least, token.lsn()));
    }
  }

  /** To be asked before a read by a token. */
  long leastShown(String id, Position token) {
    return least(id, token.lsn());
  }

  /** What must be found of a group, and what must not, by a token; to be asked before the read. */
  Map<String, Long> leastShown(Position token) {
    Map<String, Long> least = new HashMap<>();
    ids.forEach(id -> least.put(id, least(id, token.lsn())));
    return least;
  }

  void check(String group, List<String> found, Map<String, Long> least, Position token) {
    for (String id : ids) {
      List<Version> possible = since(id, least.getOrDefault(id, 0L));
      boolean never = possible.stream().noneMatch(version -> version.group().equals(group));
      boolean always =
          least.getOrDefault(id, 0L) > 0
              && possible.stream().allMatch(version -> version.group().equals(group));
      if (never && found.contains(id)) {
        violations.add("%s is found in %s, by %d".formatted(id, group, token.lsn()));
      }
      if (always && !found.contains(id)) {
        violations.add("%s is not found in %s, by %d".formatted(id, group, token.lsn()));
      }
    }
  }

  void loaded(String id, long version, Stamp stamp) {
    loads.add(new Load(id, version, stamp));
  }

  /** Holds what was loaded against its stamps, now that all places are known. */
  void checkLoads() {
    for (Load load : loads) {
      if (load.version() < least(load.id(), load.stamp().position())) {
        violations.add(
            "%s was loaded as version %d with the stamp %d"
                .formatted(load.id(), load.version(), load.stamp().position()));
      }
    }
  }

  /** What an answer is now, if it equals the last write; else what is wrong. */
  Optional<String> differs(String id, Optional<Product> found) {
    long last;
    synchronized (this) {
      last = written.get(id).size();
    }
    long shown = found.map(FreshnessChecker::version).orElse(0L);
    return shown == last
        ? Optional.empty()
        : Optional.of("%s shows version %d, the last is %d".formatted(id, shown, last));
  }

  synchronized Optional<String> differs(String group, List<String> found) {
    List<String> members =
        ids.stream()
            .filter(id -> !written.get(id).isEmpty())
            .filter(id -> written.get(id).getLast().group().equals(group))
            .sorted()
            .toList();
    List<String> shown = found.stream().sorted().toList();
    return members.equals(shown)
        ? Optional.empty()
        : Optional.of("%s has %s, and %s is found".formatted(group, members, shown));
  }
}
