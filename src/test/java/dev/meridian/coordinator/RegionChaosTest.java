package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.SimulatedTime;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A clock that is set wrong on purpose is right again by itself, but not too early. */
class RegionChaosTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final SimulatedTime time = new SimulatedTime();
  private Duration shifted = Duration.ZERO;

  private RegionChaos chaos(boolean enabled) {
    Region self = new Region(new ReplicaId("eu"), URI.create("http://eu:8080"), 0, 0, "");
    return new RegionChaos(
        new Topology(self, List.of()),
        new LinkFaults(time, time),
        enabled,
        offset -> shifted = offset,
        time);
  }

  private void pass(Duration duration) {
    long until = time.nanos() + duration.toNanos();
    while (time.step(until)) {
      // each timer that is due
    }
  }

  @Test
  void theClockIsRightAgainWhenItsTimeIsOver() {
    chaos(true).setClock(new Chaos.ClockFault(Duration.ofSeconds(-7), MINUTE));
    assertEquals(Duration.ofSeconds(-7), shifted);
    pass(MINUTE.minus(SECOND));
    assertEquals(Duration.ofSeconds(-7), shifted);
    pass(SECOND);
    assertEquals(Duration.ZERO, shifted);
  }

  @Test
  void whatIsSetLaterLastsItsOwnTime() {
    Chaos chaos = chaos(true);
    chaos.setClock(new Chaos.ClockFault(SECOND, SECOND));
    chaos.setClock(new Chaos.ClockFault(MINUTE, MINUTE));
    pass(SECOND.multipliedBy(2));
    assertEquals(MINUTE, shifted);
    chaos.clearClock();
    assertEquals(Duration.ZERO, shifted);
    chaos.setClock(new Chaos.ClockFault(MINUTE, MINUTE.multipliedBy(2)));
    pass(MINUTE);
    assertEquals(MINUTE, shifted, "the end of an earlier fault ended this one");
  }

  @Test
  void whereItIsNotAllowedNothingHappens() {
    Chaos chaos = chaos(false);
    assertThrows(
        StoreFailure.CallerMistake.class,
        () -> chaos.setClock(new Chaos.ClockFault(MINUTE, MINUTE)));
    assertThrows(StoreFailure.CallerMistake.class, chaos::clearClock);
    assertEquals(Duration.ZERO, shifted);
  }
}
