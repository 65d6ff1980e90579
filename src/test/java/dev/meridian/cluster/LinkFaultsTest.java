package dev.meridian.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.simulation.SimulatedTime;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkFaultsTest {

  private static final ReplicaId US = new ReplicaId("us");
  private static final LinkFault DROP = new LinkFault(true, Duration.ZERO, Duration.ZERO, 0);

  private final SimulatedTime time = new SimulatedTime();
  private final LinkFaults faults = new LinkFaults(time, time);

  @Test
  void aFaultActsOnItsDirectionAndEndsByItself() {
    int[] changes = {0};
    faults.onChange(() -> changes[0]++);
    faults.set(US, DROP, Set.of(LinkFault.Direction.IN), Duration.ofSeconds(10));
    assertTrue(faults.cut(US, LinkFault.Direction.IN));
    assertFalse(faults.cut(US, LinkFault.Direction.OUT));
    assertFalse(faults.cut(new ReplicaId("ap"), LinkFault.Direction.IN));
    pass(Duration.ofMillis(9_999));
    assertTrue(faults.cut(US, LinkFault.Direction.IN));
    assertEquals(1, changes[0]);
    pass(Duration.ofMillis(10));
    assertFalse(faults.cut(US, LinkFault.Direction.IN));
    assertEquals(2, changes[0]);
  }

  @Test
  void aNewFaultReplacesTheOldOneAndItsEnd() {
    faults.set(US, DROP, Set.of(LinkFault.Direction.IN), Duration.ofSeconds(1));
    LinkFault slow = new LinkFault(false, Duration.ofMillis(5), Duration.ZERO, 0);
    faults.set(US, slow, Set.of(LinkFault.Direction.OUT), Duration.ofSeconds(10));
    assertFalse(faults.cut(US, LinkFault.Direction.IN));
    pass(Duration.ofSeconds(2));
    assertEquals(slow, faults.active(US, LinkFault.Direction.OUT).orElseThrow());
    faults.clear(US);
    assertTrue(faults.active(US, LinkFault.Direction.OUT).isEmpty());
  }

  @Test
  void limitsHold() {
    assertThrows(
        IllegalArgumentException.class,
        () -> faults.set(US, DROP, Set.of(), LinkFaults.MAX_DURATION.plusMillis(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LinkFault(false, Duration.ofMillis(-1), Duration.ZERO, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LinkFault(false, Duration.ZERO, Duration.ZERO, 101));
  }

  @Test
  void aPeerIsSuspectThenDownAndUpAgain() {
    FailureDetector detector = new FailureDetector(time, FailureDetector.Settings.defaults());
    assertEquals(RegionState.SUSPECT, detector.state(US));
    detector.heard(US);
    assertEquals(RegionState.UP, detector.state(US));
    pass(Duration.ofMillis(1001));
    assertEquals(RegionState.SUSPECT, detector.state(US));
    pass(Duration.ofSeconds(4));
    assertEquals(RegionState.DOWN, detector.state(US));
    detector.heard(US);
    assertEquals(RegionState.UP, detector.state(US));
  }

  private void pass(Duration duration) {
    long until = time.nanos() + duration.toNanos();
    while (time.step(until)) {
      // timers go off
    }
  }
}
