package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LagTest {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  @Test
  void percentilesAreOfTheLatestChanges() {
    LagRecorder recorder = new LagRecorder();
    assertEquals(LagPercentiles.NONE, recorder.percentiles());
    recorder.record(-3);
    assertEquals(new LagPercentiles(0, 0, 0, 0, 1), recorder.percentiles());
    for (int i = 1; i <= 2000; i++) {
      recorder.record(i);
    }
    assertEquals(
        new LagPercentiles(1500, 1950, 1990, 1999, LagRecorder.WINDOW), recorder.percentiles());
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
