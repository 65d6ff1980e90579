package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.coordinator.Journey.State;
import dev.meridian.coordinator.Journey.Visit;
import java.util.List;
import org.junit.jupiter.api.Test;

class JourneyTextTest {

  @Test
  void theLastRegionCounts() {
    List<Visit> visits = List.of(visible("eu", 1), visible("us", 45), visible("ap", 12));
    assertEquals(
        "The newest version is visible in all 3 regions, the last of them after 45 ms.",
        JourneyText.sentence(visits));
    assertTrue(JourneyText.settled(visits));
  }

  @Test
  void whoHasItNotAndWhoDidNotAnswerAreNamedApart() {
    List<Visit> visits =
        List.of(
            visible("eu", 1),
            new Visit(new ReplicaId("us"), State.NOT_YET, 0, 0),
            new Visit(new ReplicaId("ap"), State.UNREACHABLE, 0, 0));
    assertEquals(
        "The newest version is visible in 1 of 3 regions; not yet in us; no answer from ap.",
        JourneyText.sentence(visits));
    assertFalse(JourneyText.settled(visits));
    assertEquals("not yet", JourneyText.visit(visits.get(1), false));
    assertEquals("did not answer", JourneyText.visit(visits.get(2), false));
  }

  @Test
  void whereItIsAndNobodyKnowsSinceWhenNoTimeIsMadeUp() {
    List<Visit> visits = List.of(new Visit(new ReplicaId("eu"), State.FORGOTTEN, 0, 0));
    assertEquals("The newest version is visible in this region.", JourneyText.sentence(visits));
    assertEquals("visible, since when is not known", JourneyText.visit(visits.getFirst(), true));
    assertTrue(JourneyText.settled(visits));
  }

  private static Visit visible(String region, long lag) {
    return new Visit(new ReplicaId(region), State.VISIBLE, 1_700_000_000_000L + lag, lag);
  }
}
