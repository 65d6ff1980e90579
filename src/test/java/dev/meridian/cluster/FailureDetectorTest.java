package dev.meridian.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.simulation.ManualClock;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {

  private static final ReplicaId PEER = new ReplicaId("us");

  private final ManualClock clock = new ManualClock(1_764_000_000_000L);
  private final FailureDetector detector =
      new FailureDetector(clock, FailureDetector.Settings.defaults());

  private void tick(int times) {
    for (int i = 0; i < times; i++) {
      clock.advance(100);
      detector.tick();
    }
  }

  @Test
  void silenceIsSuspectedThenTakenForDeath() {
    assertEquals(RegionState.SUSPECT, detector.state(PEER));
    assertTrue(detector.verdict(PEER).reason().startsWith("not heard of"));
    tick(1);
    detector.heard(PEER);
    tick(10);
    assertEquals(RegionState.UP, detector.state(PEER));
    assertEquals("", detector.verdict(PEER).reason());
    tick(5);
    assertEquals(RegionState.SUSPECT, detector.state(PEER));
    assertEquals("silent for 1.5 s", detector.verdict(PEER).reason());
    tick(40);
    FailureDetector.Verdict down = detector.verdict(PEER);
    assertEquals(RegionState.DOWN, down.state());
    assertEquals(clock.millis() - 400, down.sinceMillis());
    detector.heard(PEER);
    assertEquals(RegionState.UP, detector.state(PEER));
  }

  @Test
  void whoStoodStillSuspectsNobodyForIt() {
    tick(1);
    detector.heard(PEER);
    tick(3);
    clock.advance(60_000);
    assertEquals(RegionState.UP, detector.state(PEER), "before the tick");
    detector.tick();
    assertEquals(RegionState.UP, detector.state(PEER), "after it");
    tick(11);
    assertEquals(RegionState.SUSPECT, detector.state(PEER), "silence counts again");
    tick(50);
    assertEquals(RegionState.DOWN, detector.state(PEER));
  }
}
