package dev.tideline.bench.routing;

import dev.tideline.embedded.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What readers see of a replica that is killed and stays away. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description = {
      "Kill a replica under load and tell how many reads failed or were slow, and for how long.",
      "Reads start by a clock, whatever the ones before do; time is counted from when they were due."
    })
final class FailoverBench implements Callable<Integer> {

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "Reads a second (default ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--threads",
      defaultValue = "32",
      description = "Readers (default ${DEFAULT-VALUE}).")
  int threads;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Seconds that the replica is away (default ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Rounds (default ${DEFAULT-VALUE}).")
  int rounds;

  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private record Read(long due, long done, boolean failed) {
    boolean slow() {
      return done - due > SLOW_NANOS;
    }
  }

  private record Outcome(long reads, long failed, long slow, double lastFailed, double lastSlow) {}

  @Override
  public Integer call() throws Exception {
    System.out.println(
        "| data source | reads after the kill | failed | over 100 ms | last failed, s | last over 100 ms, s |");
    System.out.println("|---|---|---|---|---|---|");
    for (int round = 0; round < rounds; round++) {
      for (Contender contender :
          List.of(Contender.TIDELINE, Contender.SHARDINGSPHERE, Contender.AWS)) {
        Outcome outcome = measure(contender);
        System.out.printf(
            "| %s | %,d | %,d | %,d | %s | %s |%n",
            contender,
            outcome.reads(),
            outcome.failed(),
            outcome.slow(),
            seconds(outcome.lastFailed()),
            seconds(outcome.lastSlow()));
      }
    }
    return 0;
  }

  private static String seconds(double value) {
    return value < 0 ? "none" : "%.2f".formatted(value);
  }

  private Outcome measure(Contender contender) throws Exception {
    try (TestDatabases databases = TestDatabases.start(2);
        Contender.Opened opened = contender.open(Endpoint.of(databases))) {
      Queue<Read> reads = new ConcurrentLinkedQueue<>();
      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong next = new AtomicLong();
      long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
      long pause = TimeUnit.SECONDS.toNanos(1) / rate;
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        readers.add(
            Thread.ofPlatform()
                .start(() -> {
                  while (!stop.get()) {
                    long due = start + next.getAndIncrement() * pause;
                    while (System.nanoTime() < due) {
                      LockSupport.parkNanos(due - System.nanoTime());
                    }
                    boolean failed = !read(contender, opened);
                    reads.add(new Read(due, System.nanoTime(), failed));
                  }
                }));
      }
      TimeUnit.SECONDS.sleep(5); // the JIT's part
      keepAway(databases, "replica-2");
      long killed = System.nanoTime();
      databases.kill("replica-2");
      TimeUnit.SECONDS.sleep(seconds);
      stop.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      Long lastSent = Contender.LAST_SENT.remove("replica-2");
      if (lastSent != null) {
        System.err.printf(
            "%s sent its last read to the killed replica %.1f ms after the kill%n",
            contender, (lastSent - killed) / 1e6);
      }
      return outcome(reads, killed);
    }
  }

  /** Its supervisor starts it again; then it is to listen where nobody looks for it. */
  private static void keepAway(TestDatabases databases, String server) throws Exception {
    Path settings = databases.root().resolve("postgres").resolve(server).resolve("user.conf");
    Files.writeString(settings, "listen_addresses = '127.0.0.99'\n");
  }

  private static boolean read(Contender contender, Contender.Opened opened) {
    try (Connection connection = opened.source().getConnection()) {
      contender.announceRead(connection);
      try (PreparedStatement statement = connection.prepareStatement("SELECT 1 + ?")) {
        statement.setInt(1, 1);
        try (ResultSet row = statement.executeQuery()) {
          return row.next();
        }
      }
    } catch (SQLException | RuntimeException e) {
      return false;
    }
  }

  private static Outcome outcome(Queue<Read> reads, long killed) {
    long after = 0;
    long failed = 0;
    long slow = 0;
    double lastFailed = -1;
    double lastSlow = -1;
    for (Read read : reads) {
      if (read.done() < killed) {
        continue;
      }
      after++;
      double since = (read.done() - killed) / 1e9;
      if (read.failed()) {
        failed++;
        lastFailed = Math.max(lastFailed, since);
      }
      if (read.slow()) {
        slow++;
        lastSlow = Math.max(lastSlow, since);
      }
    }
    return new Outcome(after, failed, slow, lastFailed, lastSlow);
  }
}
