package dev.tideline.fleet.autoscaling;

import dev.tideline.fleet.instance.InstancePool;
import dev.tideline.fleet.instance.InstanceState;
import dev.tideline.scaling.policy.Reading;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures a fleet from the difference between two scrapes of the instances' metrics. New instances
 * are excluded until they have warmed up, because the CPU time of their start would cause further
 * scale-ups. After a failed scrape, or a time in which an instance served no requests, the
 * difference is taken to the last successful scrape. Not thread-safe.
 */
public final class InstanceReadings implements ReadingSource {

  private static final Logger log = LoggerFactory.getLogger(InstanceReadings.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /**
   * An instance that serves requests.
   *
   * @param pid distinguishes a restarted instance from the one before
   */
  public record Served(String name, String url, long pid) {}

  /**
   * The instances of a fleet.
   *
   * @param serving instances that serve requests now
   * @param instances desired number of instances
   */
  public record Members(List<Served> serving, int instances) {

    /** The instances of a pool on this machine. */
    public static Members of(InstancePool pool) {
      return new Members(
          pool.views().stream()
              .filter(view -> view.state() == InstanceState.HEALTHY)
              .map(view -> new Served(view.name(), view.url(), view.pid()))
              .toList(),
          pool.size());
    }
  }

  /**
   * Settings of the measurement.
   *
   * @param warmUp how long a new instance is not counted
   * @param staleAfter how long an instance and its last successful scrape are remembered
   * @param cores CPU cores that an instance may use, as a function of the number of serving
   *     instances
   */
  public record Settings(Duration warmUp, Duration staleAfter, Function<Integer, Double> cores) {

    /** Settings for a machine whose cores are shared by all serving instances. */
    public static Settings shared(int cores, Duration warmUp, Duration staleAfter) {
      return new Settings(warmUp, staleAfter, serving -> (double) cores / Math.max(1, serving));
    }
  }

  /** One process: when it was first seen, when it last served, and its last successful scrape. */
  private record Known(Served instance, Instant since, Instant served, Optional<Scrape> last) {}

  private final Supplier<Members> members;
  private final Settings settings;
  private final HttpClient http;
  private final Map<String, Known> known = new HashMap<>();
  private boolean begun;

  public InstanceReadings(Supplier<Members> members, Settings settings, HttpClient http) {
    this.members = members;
    this.settings = settings;
    this.http = http;
  }

  @Override
  public Reading read(Instant now) throws InterruptedException {
    Members all = members.get();
    Map<String, Scrape> scraped = scrape(all.serving(), now);
    List<Scrape.Delta> measured = new ArrayList<>();
    int warm = 0;
    for (Served instance : all.serving()) {
      Optional<Known> before =
          Optional.ofNullable(known.get(instance.name()))
              .filter(one -> one.instance().equals(instance));
      // instances that existed at the first reading are not new
      Instant first = begun ? now : now.minus(settings.warmUp());
      Instant since = before.map(Known::since).orElse(first);
      Optional<Scrape> latest = Optional.ofNullable(scraped.get(instance.name()));
      Optional<Scrape> earlier =
          before.flatMap(Known::last).filter(scrape -> !isStale(scrape.at(), now));
      known.put(instance.name(), new Known(instance, since, now, latest.or(() -> earlier)));
      if (Duration.between(since, now).compareTo(settings.warmUp()) >= 0) {
        warm++;
        latest.flatMap(scrape -> earlier.flatMap(scrape::since)).ifPresent(measured::add);
      }
    }
    known.values().removeIf(one -> isStale(one.served(), now));
    begun = true;
    return reading(now, all, warm, measured);
  }

  private boolean isStale(Instant at, Instant now) {
    return Duration.between(at, now).compareTo(settings.staleAfter()) > 0;
  }

  private Reading reading(Instant now, Members all, int warm, List<Scrape.Delta> measured) {
    if (measured.isEmpty()) {
      return Reading.blind(now, all.instances());
    }
    double cores = settings.cores().apply(all.serving().size());
    double rate = sum(measured, Scrape.Delta::requestRate) * warm / measured.size();
    OptionalDouble p95 = Scrape.quantile(together(measured, Scrape.Delta::latency), 0.95);
    OptionalDouble none = OptionalDouble.of(0); // there were no requests, so none waited
    return new Reading(
        now,
        all.instances(),
        warm,
        measured.size() == warm,
        OptionalDouble.of(
            Math.min(1, sum(measured, Scrape.Delta::cpuCores) / measured.size() / cores)),
        memory(measured),
        OptionalDouble.of(rate),
        p95.isPresent() ? p95 : none,
        orElse(Scrape.quantile(together(measured, Scrape.Delta::poolWait), 0.95), none));
  }

  private static OptionalDouble orElse(OptionalDouble value, OptionalDouble other) {
    return value.isPresent() ? value : other;
  }

  private static OptionalDouble memory(List<Scrape.Delta> measured) {
    return measured.stream()
        .mapToDouble(Scrape.Delta::memory)
        .filter(value -> !Double.isNaN(value))
        .average();
  }

  private static double sum(List<Scrape.Delta> measured, ToDoubleFunction<Scrape.Delta> of) {
    return measured.stream().mapToDouble(of).sum();
  }

  private static NavigableMap<Double, Double> together(
      List<Scrape.Delta> measured, Function<Scrape.Delta, NavigableMap<Double, Double>> of) {
    TreeMap<Double, Double> all = new TreeMap<>();
    measured.forEach(
        one -> of.apply(one).forEach((bound, count) -> all.merge(bound, count, Double::sum)));
    return all;
  }

  /** Scrapes all instances in parallel; returns those that answer in time. */
  private Map<String, Scrape> scrape(List<Served> serving, Instant now)
      throws InterruptedException {
    Map<String, Scrape> scraped = new HashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, Future<Optional<Scrape>>> asked = new HashMap<>();
      for (Served instance : serving) {
        asked.put(instance.name(), threads.submit(() -> scrape(instance, now)));
      }
      for (Map.Entry<String, Future<Optional<Scrape>>> one : asked.entrySet()) {
        resultOf(one.getKey(), one.getValue())
            .ifPresent(scrape -> scraped.put(one.getKey(), scrape));
      }
    }
    return scraped;
  }

  /** The result of one scrape. A failure must not affect the other instances. */
  private static Optional<Scrape> resultOf(String name, Future<Optional<Scrape>> asked)
      throws InterruptedException {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      log.warn("no metrics from {}: {}", name, String.valueOf(e.getCause()));
      return Optional.empty();
    }
  }

  private Optional<Scrape> scrape(Served instance, Instant now) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(instance.url() + "/metrics")).timeout(TIMEOUT).build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      return answer.statusCode() == 200 ? Scrape.parse(now, answer.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
