package dev.tideline.bench.cache;

import dev.tideline.bench.cache.TraceReplay.Found;
import dev.tideline.bench.cache.TraceReplay.Tiers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is measured of caching; by itself it replays a log of requests. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = {
      "What caching saves, and what it costs. With --trace: which part of a request log each tier would answer,",
      "for several times to live; of access logs (common, combined) or CSV (timestamp,url), packed by gzip or not."
    },
    subcommands = {
      HitsBench.class,
      CompareBench.class,
      PopularBench.class,
      WritesBench.class,
      RedisFaultsBench.class
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline bench cache --trace access.log.gz --ttl 1m,5m,30m",
      "  ./tideline bench cache hits",
      "  ./tideline bench cache compare",
      "  ./tideline bench cache popular",
      "  ./tideline bench cache writes --esci ../shared/data/esci",
      "  ./tideline bench cache redis-faults"
    })
public final class CacheBenches implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--trace", paramLabel = "FILE", description = "A request log to replay.")
  private @Nullable Path trace;

  @Option(
      names = "--ttl",
      split = ",",
      converter = Durations.class,
      defaultValue = "10s,1m,5m,30m,2h",
      description = "Times to live in process and in Redis (default ${DEFAULT-VALUE}).")
  private List<Duration> ttls = List.of();

  @Option(
      names = "--edge-ttl",
      converter = Durations.class,
      defaultValue = "60s",
      description = "The edge's own time; 0s without an edge (default ${DEFAULT-VALUE}).")
  private Duration edge = Duration.ZERO;

  @Option(
      names = "--instances",
      defaultValue = "2",
      description = "Instances, asked by turns (default ${DEFAULT-VALUE}).")
  private int instances;

  @Option(
      names = "--local-mib",
      defaultValue = "64",
      description = "Memory for entries in each instance (default ${DEFAULT-VALUE}).")
  private long localMib;

  @Option(
      names = "--redis-mib",
      defaultValue = "256",
      description = "Memory for entries in Redis (default ${DEFAULT-VALUE}).")
  private long redisMib;

  /** Like the instances' settings: 10s, 5m, 2h. */
  private static final class Durations implements CommandLine.ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
      if (!text.matches("\\d{1,9}(ms|s|m|h)")) {
        throw new CommandLine.TypeConversionException(
            "not a duration such as 10s, 5m or 2h: " + text);
      }
      return text.endsWith("ms")
          ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
          : Duration.parse("PT" + text);
    }
  }

  @Override
  public Integer call() throws IOException {
    Path file = trace;
    CommandSpec command = Objects.requireNonNull(spec);
    if (file == null) {
      throw new ParameterException(
          command.commandLine(), "name a benchmark, or a log with --trace FILE");
    }
    if (instances < 1 || localMib < 1 || redisMib < 1) {
      throw new ParameterException(
          command.commandLine(), "--instances, --local-mib and --redis-mib must be at least 1");
    }
    RequestLog log = RequestLog.read(file);
    System.out.printf(
        "%,d requests; left out: %,d personal, %,d no successful GET or not understood%n",
        log.requests().size(), log.personal(), log.others());
    if (log.requests().isEmpty()) {
      System.err.println("nothing in " + file + " to replay");
      return 1;
    }
    System.out.println("| time to live | edge | in process | Redis | loaded | without the edge |");
    System.out.println("|---|---|---|---|---|---|");
    for (Duration ttl : ttls) {
      print(ttl, log);
    }
    return 0;
  }

  private void print(Duration ttl, RequestLog log) {
    Tiers tiers = new Tiers(instances, edge, ttl, localMib << 20, redisMib << 20);
    Found found = TraceReplay.replay(log.requests(), tiers);
    Found inside =
        TraceReplay.replay(
            log.requests(),
            new Tiers(instances, Duration.ZERO, ttl, tiers.localBytes(), tiers.redisBytes()));
    double all = found.asked();
    System.out.printf(
        "| %s | %.3f | %.3f | %.3f | %.3f | %.3f |%n",
        ttl.toString().substring(2).toLowerCase(Locale.ROOT),
        found.edge() / all,
        found.local() / all,
        found.redis() / all,
        found.loaded() / all,
        (inside.local() + inside.redis()) / all);
  }
}
