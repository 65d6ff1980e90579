package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.simulation.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LagTest {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private static final LagObjectives OBJECTIVES = LagObjectives.defaults();

  @Test
  void percentilesAreOfTheLastMinuteAndTheLastTen() {
    ManualClock clock = new ManualClock(0);
    LagRecorder recorder = new LagRecorder(clock, OBJECTIVES);
    assertEquals(LagPercentiles.NONE, recorder.percentiles());
    recorder.record(-3);
    assertEquals(new LagPercentiles(0, 0, 0, 0, 1), recorder.percentiles());
    clock.advance(Duration.ofSeconds(61).toMillis());
    assertEquals(LagPercentiles.NONE, recorder.percentiles());
    for (int i = 1; i <= 99; i++) {
      recorder.record(i);
    }
    assertEquals(new LagPercentiles(50, 95, 99, 99, 99), recorder.percentiles());
    assertEquals(100, recorder.report().tenMinutes().window());
    clock.advance(Duration.ofMinutes(11).toMillis());
    assertEquals(LagPercentiles.NONE, recorder.report().tenMinutes());
    recorder.record(Long.MAX_VALUE);
    assertEquals(1, recorder.percentiles().window());
  }

  @Test
  void aBudgetBurnsByTheShareAboveTheTarget() {
    ManualClock clock = new ManualClock(0);
    LagRecorder recorder = new LagRecorder(clock, OBJECTIVES);
    assertTrue(recorder.report().meetsAll(), "no change, no harm");
    for (int i = 0; i < 90; i++) {
      recorder.record(1);
    }
    assertTrue(recorder.report().meetsAll());
    for (int i = 0; i < 10; i++) {
      recorder.record(200);
    }
    // One in ten is above 10 and 100 ms: half may be, and one in twenty may be.
    List<LagReport.Burn> burns = recorder.report().burns();
    assertEquals(0.2, burns.get(0).lastMinute(), 1e-9);
    assertEquals(2, burns.get(1).lastMinute(), 1e-9);
    assertEquals(0, burns.get(2).lastMinute(), 1e-9);
    assertFalse(recorder.report().meetsAll());
    clock.advance(Duration.ofSeconds(70).toMillis());
    assertTrue(recorder.report().meetsAll(), "an outage that is over does not stay");
    assertEquals(2, recorder.report().burns().get(1).lastTenMinutes(), 1e-9);
    List<Long> trend = recorder.report().trendMillis();
    assertEquals(LagRecorder.SLICES, trend.size());
    assertEquals(200, trend.get(LagRecorder.SLICES - 8));
    assertEquals(-1, trend.getLast());
  }

  @Test
  void objectivesOutOfOrderAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LagObjectives(10, 5, 500, 2000));
    assertThrows(IllegalArgumentException.class, () -> new LagObjectives(0, 5, 500, 2000));
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
    assertEquals(2460, offset.atMostMillis(Duration.ofSeconds(2)), "no round trip is known yet");
    offset.roundTrip(Duration.ofMillis(120).toNanos(), 4);
    offset.roundTrip(Duration.ofMillis(80).toNanos(), 5);
    assertEquals(500, offset.millis());
    assertEquals(541, offset.atMostMillis(Duration.ofSeconds(2)), "all of it may be the way here");
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
