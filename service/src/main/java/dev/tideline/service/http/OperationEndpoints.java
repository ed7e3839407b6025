package dev.tideline.service.http;

import dev.tideline.service.health.HealthReport;
import dev.tideline.service.health.Readiness;
import dev.tideline.service.health.Readiness.Stage;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The calls of balancers, orchestrators, Prometheus and developers. */
final class OperationEndpoints {

  private final Supplier<HealthReport> health;
  private final Readiness readiness;
  private final PrometheusRegistry registry;
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final byte[] openApi = resource("openapi.yaml");
  private final Page docs = new Page(resource("docs.html"));

  OperationEndpoints(
      Supplier<HealthReport> health, Readiness readiness, PrometheusRegistry registry) {
    this.health = health;
    this.readiness = readiness;
    this.registry = registry;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/health", call -> health()),
        Route.get("/health/live", call -> Answer.ok(new Views.Live("live"))),
        Route.get("/health/ready", call -> ready()),
        Route.get("/metrics", this::metrics),
        Route.get("/openapi.yaml", call -> Answer.of(200, "application/yaml", openApi)),
        Route.get("/docs", call -> docs.answer()));
  }

  private Answer health() {
    HealthReport report = health.get();
    return Answer.json(
        report.status() == HealthReport.Status.DOWN ? 503 : 200,
        new Views.Health(report.status().name().toLowerCase(Locale.ROOT), report.checks()));
  }

  private Answer ready() {
    Stage stage = readiness.stage();
    return Answer.json(
        stage == Stage.READY ? 200 : 503,
        new Views.Ready(stage.name().toLowerCase(Locale.ROOT), readiness.warmth()));
  }

  private Answer metrics(Call call) {
    var writer = formats.findWriter(call.header("Accept").orElse(null));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writer.write(bytes, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Answer.of(200, writer.getContentType(), bytes.toByteArray());
  }

  private static byte[] resource(String name) {
    try (InputStream in = OperationEndpoints.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
