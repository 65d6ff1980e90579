package dev.meridian.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.simulation.ManualClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;

class HybridLogicalClockTest {

  private static final Duration DRIFT = Duration.ofSeconds(60);

  private final ManualClock wall = new ManualClock(99);
  private final HybridLogicalClock clock =
      new HybridLogicalClock(wall, DRIFT, HlcTimestamp.of(100, 0));

  @Test
  void whenTheWallIsBehindTheCounterAdvances() {
    assertEquals(HlcTimestamp.of(100, 1), clock.tick());
  }

  @Test
  void whenTheWallIsAheadItLeads() {
    wall.set(101);
    assertEquals(HlcTimestamp.of(101, 0), clock.tick());
  }

  @Test
  void whatWasObservedLiesBelowTheNextTick() {
    wall.set(101);
    clock.observe(HlcTimestamp.of(105, 3));
    assertEquals(HlcTimestamp.of(105, 4), clock.tick());
  }

  @Test
  void aTimestampTooFarAheadIsRefusedAndLeavesTheClockAlone() {
    wall.set(1000);
    clock.observe(HlcTimestamp.of(61_000, 7));
    HlcTimestamp before = clock.latest();
    ClockDriftException refused =
        assertThrows(ClockDriftException.class, () -> clock.observe(HlcTimestamp.of(61_001, 0)));
    assertEquals(60_001, refused.aheadMillis());
    assertEquals(before, clock.latest());
  }

  @Test
  void itGoesOnWhereItWasBeforeHoweverFarAhead() {
    wall.set(1000);
    clock.resume(HlcTimestamp.of(100_000, 3));
    assertEquals(HlcTimestamp.of(100_000, 4), clock.tick());
    clock.resume(HlcTimestamp.of(50_000, 0));
    assertEquals(HlcTimestamp.of(100_000, 5), clock.tick());
  }

  @Test
  void theCounterOverflowsIntoTheMillisecond() {
    clock.observe(HlcTimestamp.of(105, HlcTimestamp.MAX_COUNTER));
    assertEquals(HlcTimestamp.of(106, 0), clock.tick());
  }

  @Test
  void itNeverRepeatsOrGoesBackHoweverTheWallJumps() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    HlcTimestamp last = clock.latest();
    for (int i = 0; i < 200_000; i++) {
      if (random.nextInt(3) == 0) {
        wall.set(Math.max(0, wall.millis() + random.nextInt(-5000, 5000)));
      }
      if (random.nextInt(4) == 0) {
        HlcTimestamp remote =
            HlcTimestamp.of(
                Math.max(0, wall.millis() + random.nextInt(-90_000, 90_000)),
                random.nextInt(HlcTimestamp.MAX_COUNTER + 1));
        try {
          clock.observe(remote);
          assertTrue(remote.millis() - wall.millis() <= DRIFT.toMillis(), "seed " + seed);
          assertTrue(!remote.isAfter(clock.latest()), "seed " + seed);
        } catch (ClockDriftException refused) {
          assertTrue(remote.millis() - wall.millis() > DRIFT.toMillis(), "seed " + seed);
        }
      } else {
        HlcTimestamp next = clock.tick();
        assertTrue(next.isAfter(last), "seed " + seed + ": " + next + " after " + last);
        last = next;
      }
    }
  }

  @Test
  void threadsNeverGetTheSameTimestamp() throws InterruptedException {
    Set<HlcTimestamp> seen = new ConcurrentSkipListSet<>();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  seen.add(clock.tick());
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(80_000, seen.size());
  }

  @Test
  void textOrderIsTimeOrder() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      HlcTimestamp a = new HlcTimestamp(random.nextLong());
      HlcTimestamp b = new HlcTimestamp(random.nextLong());
      assertEquals(
          Integer.signum(a.compareTo(b)),
          Integer.signum(a.toString().compareTo(b.toString())),
          "seed " + seed);
      assertEquals(a, HlcTimestamp.parse(a.toString()));
      texts.add(a.toString());
    }
    assertEquals(100_000, texts.size());
  }

  @Test
  void malformedTextIsRefused() {
    for (String text : new String[] {"", "0", "0197F3A2C1D40003", "0197f3a2c1d4000g"}) {
      assertThrows(IllegalArgumentException.class, () -> HlcTimestamp.parse(text), text);
    }
    assertThrows(IllegalArgumentException.class, () -> VersionId.parse("0197f3a2c1d40003"));
    assertThrows(IllegalArgumentException.class, () -> VersionId.parse("0197f3a2c1d40003-EU"));
    assertEquals(
        "0197f3a2c1d40003-eu-west", VersionId.parse("0197f3a2c1d40003-eu-west").toString());
  }
}
