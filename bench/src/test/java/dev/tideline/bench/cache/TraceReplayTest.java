package dev.tideline.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.bench.cache.RequestLog.Request;
import dev.tideline.bench.cache.TraceReplay.Found;
import dev.tideline.bench.cache.TraceReplay.Tiers;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceReplayTest {

  private static final String LOG =
      """
      10.0.0.1 - - [23/Nov/2026:10:00:00 +0100] "GET /v1/search?q=Lamp HTTP/1.1" 200 2048 "-" "curl"
      10.0.0.1 - - [23/Nov/2026:09:00:01 +0000] "POST /v1/events HTTP/1.1" 202 10
      10.0.0.1 - - [23/Nov/2026:09:00:01 +0000] "GET /v1/search?q=lamp&user_id=u HTTP/1.1" 200 10
      10.0.0.1 - - [23/Nov/2026:09:00:02 +0000] "GET /v1/nothing HTTP/1.1" 404 10
      nonsense
      """;

  @TempDir private Path folder;

  private static Tiers tiers(Duration edge, Duration ttl) {
    return new Tiers(2, edge, ttl, 1 << 20, 1 << 20);
  }

  @Test
  void accessLog_isReadWithItsZones_andWhatCannotBeCachedIsCounted() throws Exception {
    RequestLog log = RequestLog.read(Files.writeString(folder.resolve("log"), LOG));
    assertThat(log.requests())
        .containsExactly(new Request(1_795_424_400_000L, "/v1/search?q=Lamp", 2048));
    assertThat(log.personal()).isEqualTo(1);
    assertThat(log.others()).isEqualTo(3);
  }

  @Test
  void pairs_areReadPackedToo() throws Exception {
    Path file = folder.resolve("log.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(
          "timestamp,url\n2026-11-23 09:00:00,/a\n2026-11-23T10:00:00+01,\"/b\"\n"
              .getBytes(StandardCharsets.UTF_8));
    }
    assertThat(RequestLog.read(file).requests())
        .containsExactly(
            new Request(1_795_424_400_000L, "/a", 0), new Request(1_795_424_400_000L, "/b", 0));
  }

  @Test
  void replay_findsInTurnNowhere_inRedis_andInProcess_untilTheTimeIsOver() {
    List<Request> requests =
        List.of(
            new Request(0, "/s?q=red+lamp&limit=3", 0), // loaded by the first instance
            new Request(1_000, "/s?limit=3&q=Red%20lamp", 0), // in Redis, for the second
            new Request(2_000, "/s?q=red+lamp&limit=3", 0), // in process
            new Request(61_000, "/s?q=red+lamp&limit=3", 0)); // its minute is over
    assertThat(TraceReplay.replay(requests, tiers(Duration.ZERO, Duration.ofMinutes(1))))
        .isEqualTo(new Found(0, 1, 1, 2));
  }

  @Test
  void edge_answersWhatIsAskedInTheSameWords() {
    List<Request> requests =
        List.of(
            new Request(0, "/s?q=lamp", 0),
            new Request(1_000, "/s?q=lamp", 0),
            new Request(2_000, "/s?q=LAMP", 0));
    assertThat(TraceReplay.replay(requests, tiers(Duration.ofMinutes(1), Duration.ofMinutes(1))))
        .isEqualTo(new Found(1, 1, 0, 1));
  }
}
