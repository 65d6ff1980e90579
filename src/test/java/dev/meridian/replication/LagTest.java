package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LagTest {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  @Test
  void windowsSlideAndTheTotalStays() {
    LagRecorder recorder = new LagRecorder(LagTargets.defaults(), 0);
    assertEquals(LagPercentiles.NONE, recorder.windows(0).minute());
    recorder.record(-3, 0);
    assertEquals(0, recorder.windows(0).minute().p999());
    for (int i = 1; i <= 999; i++) {
      recorder.record(5, 1);
    }
    recorder.record(3000, MINUTE / 2);
    LagPercentiles all = recorder.windows(MINUTE / 2).minute();
    assertEquals(1001, all.window());
    assertEquals(5, all.p999());
    assertEquals(List.of(1L, 1L, 1L, 1L), all.over());
    LagWindows later = recorder.windows(MINUTE + 1);
    assertEquals(1, later.minute().window());
    assertEquals(3000, later.minute().p50(), 30);
    assertEquals(1000, later.minute().burn(3), 1e-9);
    assertEquals(1001, later.tenMinutes().window());
    assertEquals(10, later.perMinute().size());
    assertEquals(1001, later.perMinute().get(8).window());
    assertEquals(5, later.perMinute().get(8).p99());
    assertEquals(0, later.perMinute().get(9).window());
    LagWindows end = recorder.windows(100 * MINUTE);
    assertEquals(LagPercentiles.NONE, end.minute());
    assertEquals(LagPercentiles.NONE, end.tenMinutes());
    assertEquals(1001, end.total().window());
  }

  @Test
  void aValueAtTheTargetKeepsToIt() {
    LagRecorder recorder = new LagRecorder(LagTargets.defaults(), 0);
    for (long target : LagTargets.defaults().all()) {
      recorder.record(target, 0);
    }
    recorder.record(Long.MAX_VALUE, 0);
    assertEquals(List.of(4L, 3L, 2L, 1L), recorder.windows(0).total().over());
  }

  @Test
  void theOffsetIsOffByHalfTheShortestRoundTripAtMost() {
    ClockOffset offset = new ClockOffset(0);
    assertEquals(0, offset.millis());
    // The peer is 500 ms ahead; messages take 40 to 90 ms; a round trip 80 and more.
    offset.arrived(1500, 1090, 1);
    offset.arrived(2500, 2040, 2);
    offset.arrived(3500, 3060, 3);
    assertEquals(460, offset.millis());
    assertEquals(-1, offset.errorMillis());
    offset.roundTrip(Duration.ofMillis(120).toNanos(), 4);
    offset.roundTrip(Duration.ofMillis(80).toNanos(), 5);
    assertEquals(500, offset.millis());
    assertEquals(41, offset.errorMillis());
  }

  @Test
  void theWindowForgetsSlowly() {
    ClockOffset offset = new ClockOffset(0);
    offset.arrived(1000, 1000, 0);
    offset.arrived(1000, 1200, 5 * MINUTE);
    assertEquals(0, offset.millis(), "a delay that set in is no offset");
    offset.arrived(1000, 1200, 11 * MINUTE);
    assertEquals(-200, offset.millis());
    offset.arrived(1000, 1300, 1000 * MINUTE);
    assertEquals(-300, offset.millis());
  }
}
