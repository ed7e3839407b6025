package dev.tideline.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BackgroundLoopTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private final AtomicInteger rounds = new AtomicInteger();

  @Test
  void rounds_thatThrowAnything_areCountedAndFollowedByAnother() throws Exception {
    CountDownLatch well = new CountDownLatch(1);
    try (BackgroundLoop loop =
        BackgroundLoop.start(
            "test",
            () -> {
              switch (rounds.incrementAndGet()) {
                case 1 -> throw new IOException("no space left on device");
                case 2 -> throw new AssertionError("a bug");
                default -> well.countDown();
              }
              TimeUnit.MILLISECONDS.sleep(1);
              return true;
            })) {
      assertThat(well.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(loop.failures()).isEqualTo(2);
    }
  }

  @Test
  void close_endsIt_evenInThePauseAfterAFailure() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    BackgroundLoop loop =
        BackgroundLoop.start(
            "test",
            () -> {
              failed.countDown();
              throw new IllegalStateException("always");
            });
    assertThat(failed.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    loop.close();
    assertThat(loop.join(LONG)).isTrue();
  }

  @Test
  void round_thatWantsNoOther_isTheLast() throws Exception {
    BackgroundLoop loop = BackgroundLoop.start("test", () -> rounds.incrementAndGet() < 3);
    assertThat(loop.join(LONG)).isTrue();
    assertThat(rounds).hasValue(3);
  }
}
