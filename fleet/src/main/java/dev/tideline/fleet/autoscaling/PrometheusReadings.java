package dev.tideline.fleet.autoscaling;

import dev.tideline.fleet.autoscaling.InstanceReadings.Members;
import dev.tideline.scaling.policy.Reading;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures a fleet by querying Prometheus. If Prometheus does not answer, or its samples are stale,
 * all signals are empty. Not thread-safe.
 */
public final class PrometheusReadings implements ReadingSource {

  private static final Logger log = LoggerFactory.getLogger(PrometheusReadings.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Settings of the queries.
   *
   * @param selector label matchers for the instances' series, such as {@code
   *     namespace="shop",job="tideline"}
   * @param window time window of rates; at least four scrape intervals
   * @param staleAfter older samples are ignored
   * @param warmUp how long a new instance is not counted
   * @param cores CPU cores that one instance may use, more than 0; called only if there are serving
   *     instances
   */
  public record Settings(
      URI url,
      String selector,
      Duration window,
      Duration staleAfter,
      Duration warmUp,
      DoubleSupplier cores) {

    public static final Duration WINDOW = Duration.ofMinutes(1);

    public Settings {
      if (window.toSeconds() < 1) {
        throw new IllegalArgumentException("window " + window);
      }
    }
  }

  private final Supplier<Members> members;
  private final Settings settings;
  private final HttpClient http;

  public PrometheusReadings(Supplier<Members> members, Settings settings, HttpClient http) {
    this.members = members;
    this.settings = settings;
    this.http = http;
  }

  @Override
  public Reading read(Instant now) throws InterruptedException {
    Members all = members.get();
    try {
      return read(now, all);
    } catch (IOException | JacksonException e) {
      log.warn("cannot read metrics from Prometheus at {}: {}", settings.url(), e.getMessage());
      return Reading.blind(now, all.instances());
    }
  }

  private Reading read(Instant now, Members all) throws IOException, InterruptedException {
    String own = "{" + settings.selector() + "}";
    String window = "[" + settings.window().toSeconds() + "s]";
    String old =
        "(time() - process_start_time_seconds" + own + " >= " + settings.warmUp().toSeconds() + ")";
    String cpu = "rate(process_cpu_seconds_total" + own + window + ")";
    OptionalDouble age = ask("time() - max(timestamp(process_cpu_seconds_total" + own + "))");
    OptionalDouble measured = ask("count(" + cpu + " and on(instance) " + old + ")");
    if (age.isEmpty()
        || age.getAsDouble() > settings.staleAfter().toSeconds()
        || measured.isEmpty()
        || all.serving().isEmpty()) {
      return Reading.blind(now, all.instances());
    }
    int warm = (int) ask("count(" + old + ")").orElse(0);
    double seen = ask("count(process_start_time_seconds" + own + ")").orElse(0);
    String shops = "{" + settings.selector() + ",route=~\"/v1/.*\"}";
    OptionalDouble none = OptionalDouble.of(0); // there were no requests, so none waited
    OptionalDouble used = ask("avg(" + cpu + " and on(instance) " + old + ")");
    return new Reading(
        now,
        all.instances(),
        warm,
        measured.getAsDouble() >= warm && seen >= all.serving().size(),
        used.isPresent()
            ? OptionalDouble.of(Math.min(1, used.getAsDouble() / settings.cores().getAsDouble()))
            : used,
        ask(memory() + " and on(instance) " + old + ")"),
        orElse(ask("sum(rate(http_requests_total" + shops + window + "))"), none),
        orElse(ask(p95("http_request_duration_seconds_bucket" + shops + window)), none),
        orElse(ask(p95("db_pool_wait_seconds_bucket" + own + window)), none));
  }

  /**
   * Heap utilization after the last garbage collection; before the first one, the current
   * utilization.
   */
  private String memory() {
    String of = "{" + settings.selector() + "}";
    String heap = "{" + settings.selector() + ",area=\"heap\"}";
    return ("avg((((sum by (instance) (jvm_memory_pool_collection_used_bytes%s)) > 0)"
            + " or sum by (instance) (jvm_memory_used_bytes%s))"
            + " / sum by (instance) (jvm_memory_max_bytes%s)")
        .formatted(of, heap, heap);
  }

  private static String p95(String buckets) {
    return String.format(Locale.ROOT, "histogram_quantile(0.95, sum by (le) (rate(%s)))", buckets);
  }

  private static OptionalDouble orElse(OptionalDouble value, OptionalDouble other) {
    return value.isPresent() ? value : other;
  }

  /** Runs a query and returns its single value; empty if it has none. */
  private OptionalDouble ask(String query) throws IOException, InterruptedException {
    String path = "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
    String base = settings.url().toString().replaceAll("/+$", "");
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT).build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(answer.statusCode() + " for " + query + ": " + answer.body());
    }
    JsonNode value = JSON.readTree(answer.body()).at("/data/result/0/value/1");
    double number = value.isString() ? number(value.stringValue()) : Double.NaN;
    return Double.isNaN(number) ? OptionalDouble.empty() : OptionalDouble.of(number);
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
