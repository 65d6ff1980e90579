package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.cluster.SteadyTime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerSteadyClockTest {

  private static final long MILLI = 1_000_000;
  private static final long HOUR = Duration.ofHours(1).toNanos();

  /** Ours shows 0 when the peer's shows this. */
  private static final long AHEAD = -77 * HOUR;

  private final PeerSteadyClock clock = new PeerSteadyClock();

  private static SteadyTime theirs(long ourNanos) {
    return new SteadyTime(5, ourNanos + AHEAD);
  }

  @Test
  void nothingIsKnownBeforeAnAnswerOfTheSameProcess() {
    assertEquals(PeerSteadyClock.UNKNOWN, clock.sentNanos(theirs(0), MILLI));
    clock.answered(new SteadyTime(4, 0), 0, MILLI);
    assertEquals(PeerSteadyClock.UNKNOWN, clock.sentNanos(theirs(0), MILLI));
    clock.answered(theirs(10 * MILLI), 9 * MILLI, 10 * MILLI);
    assertEquals(PeerSteadyClock.UNKNOWN, clock.sentNanos(new SteadyTime(4, 0), 10 * MILLI));
    assertEquals(7, clock.sentNanos(theirs(8 * MILLI), 10 * MILLI) / 1e6, 0.01);
  }

  @Test
  void theFastestQuestionCountsUntilDriftMayHaveOutrunIt() {
    clock.answered(theirs(10 * MILLI), 8 * MILLI, 11 * MILLI);
    clock.answered(theirs(50 * MILLI), 20 * MILLI, 55 * MILLI);
    assertEquals(28, clock.sentNanos(theirs(30 * MILLI), 60 * MILLI) / 1e6, 0.02);
    long later = HOUR + 8 * MILLI;
    double drift = 3_600_000 / 5_000.0;
    assertEquals(-2 - drift, (clock.sentNanos(theirs(later), later) - later) / 1e6, 0.2);
    clock.answered(theirs(later + 30 * MILLI), later, later + 40 * MILLI);
    assertEquals(-30, (clock.sentNanos(theirs(later), later) - later) / 1e6, 0.02);
  }

  /** Whatever the ways take, and as far as clocks may drift: never later than it was. */
  @Test
  void aMessageIsNeverTakenForYoungerThanItIs() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    double rate = 1 + (random.nextDouble() - 0.5) * 3.9e-4;
    long now = 0;
    for (int i = 0; i < 10_000; i++) {
      long sent = now;
      long asked = now + random.nextLong(20_000 * MILLI);
      long read = asked + random.nextLong(200 * MILLI);
      now = read + random.nextLong(200 * MILLI);
      if (random.nextInt(3) > 0) {
        clock.answered(new SteadyTime(5, AHEAD + (long) (read * rate)), asked, now);
      }
      sent = random.nextBoolean() ? sent : now;
      now += random.nextLong(random.nextInt(10) == 0 ? 60_000 * MILLI : 300 * MILLI);
      long told = clock.sentNanos(new SteadyTime(5, AHEAD + (long) (sent * rate)), now);
      boolean known = told != PeerSteadyClock.UNKNOWN;
      assertTrue(!known || told <= sent, "seed " + seed + ": " + (told - sent) + " ns too young");
    }
  }

  @Test
  void whoWasSuspendedMeasuresAnew() {
    clock.answered(theirs(10 * MILLI), 8 * MILLI, 12 * MILLI);
    long behind = 10_000 * MILLI; // ours did not run
    clock.answered(theirs(20 * MILLI + behind), 15 * MILLI, 25 * MILLI);
    long sent = clock.sentNanos(theirs(18 * MILLI + behind), 30 * MILLI);
    assertEquals(13, sent / 1e6, 0.01);
    clock.answered(theirs(40 * MILLI), 38 * MILLI, 42 * MILLI); // the peer's did not run
    assertEquals(43, clock.sentNanos(theirs(45 * MILLI), 50 * MILLI) / 1e6, 0.01);
  }

  @Test
  void aPeerMaySayAnything() {
    clock.answered(theirs(MILLI), 0, MILLI);
    long now = 5 * MILLI;
    assertEquals(now, clock.sentNanos(new SteadyTime(5, Long.MAX_VALUE / 2), now));
    long sent = clock.sentNanos(new SteadyTime(5, Long.MIN_VALUE / 2), now);
    assertTrue(sent <= now - WatermarkTable.MAX_AGE.toNanos() && sent > 2 * (Long.MIN_VALUE / 3));
  }
}
