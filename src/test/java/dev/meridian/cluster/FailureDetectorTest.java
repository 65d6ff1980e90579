package dev.meridian.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureDetectorTest {

  private static final ReplicaId US = new ReplicaId("us");
  private static final long HEARTBEAT = 100;

  private final Hand time = new Hand();
  private final FailureDetector detector =
      new FailureDetector(time, FailureDetector.Settings.defaults());

  private static final class Hand implements WallClock {
    private long millis = 1_000_000;

    @Override
    public long millis() {
      return millis;
    }

    @Override
    public long nanos() {
      return millis * 1_000_000;
    }
  }

  /** Time passes while this process runs; the peer may speak at the end. */
  private void pass(long millis, boolean speaks) {
    for (long left = millis; left > 0; left -= HEARTBEAT) {
      time.millis += Math.min(left, HEARTBEAT);
      if (speaks && left <= HEARTBEAT) {
        detector.heard(US);
      }
      detector.tick();
    }
  }

  @Test
  void aPeerThatSpeaksIsUpAndASilentOneIsSuspectThenDown() {
    assertEquals(RegionState.SUSPECT, detector.state(US));
    for (int i = 0; i < 50; i++) {
      pass(HEARTBEAT, true);
      assertEquals(RegionState.UP, detector.state(US));
    }
    pass(1000, false);
    assertEquals(RegionState.UP, detector.state(US));
    pass(100, false);
    PeerHealth suspect = detector.health(US);
    assertEquals(RegionState.SUSPECT, suspect.state());
    assertEquals(time.millis, suspect.sinceMillis());
    assertTrue(suspect.reason().startsWith("silent for 1.1 s"), suspect.reason());
    pass(4000, false);
    assertEquals(RegionState.DOWN, detector.state(US));
    pass(HEARTBEAT, true);
    assertEquals(RegionState.UP, detector.state(US));
    assertEquals(4, detector.health(US).transitions());
  }

  @Test
  void aPauseOfTheOwnProcessIsNobodysSilence() {
    pass(HEARTBEAT, true);
    time.millis += 60_000;
    assertEquals(RegionState.UP, detector.state(US));
    assertEquals(1, detector.ownPauses());
    pass(1000, false);
    assertEquals(RegionState.UP, detector.state(US));
    pass(5000, false);
    assertEquals(RegionState.DOWN, detector.state(US));
  }

  @Test
  void aBurstDoesNotMakeAUsualPauseLookLong() {
    for (int i = 0; i < 500; i++) {
      pass(1, true);
    }
    pass(900, false);
    assertEquals(RegionState.UP, detector.state(US));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whoeverSpeaksInTimeIsNeverDownAndWhoeverStopsIs(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int spread = 50 + random.nextInt(2000);
    for (int i = 0; i < 400; i++) {
      if (random.nextInt(20) == 0) {
        time.millis += random.nextInt(20_000);
      }
      pass(1 + random.nextInt(spread), true);
      assertNotEquals(RegionState.DOWN, detector.state(US), "seed " + seed + " step " + i);
    }
    double phi = detector.health(US).phi();
    long silent = 0;
    while (detector.state(US) != RegionState.DOWN) {
      pass(HEARTBEAT, false);
      silent += HEARTBEAT;
      double grown = detector.health(US).phi();
      assertTrue(grown >= phi, "seed " + seed + ": phi shrank while silent");
      phi = grown;
    }
    assertTrue(silent > 5000, "seed " + seed + ": down after " + silent);
    assertTrue(
        silent <= Duration.ofSeconds(31).toMillis(), "seed " + seed + ": down after " + silent);
  }
}
