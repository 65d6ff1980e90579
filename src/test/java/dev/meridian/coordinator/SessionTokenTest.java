package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.StoreFailure;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionTokenTest {

  @Test
  void whatWasSeenSurvivesTheText() {
    VersionVector seen = VersionVector.EMPTY;
    for (int i = 0; i < VersionVector.MAX_ORIGINS; i++) {
      seen = seen.with(new ReplicaId("a".repeat(30) + (char) ('a' + i)), Long.MAX_VALUE - i);
    }
    String text = new SessionToken(seen).text();
    assertTrue(text.length() <= 1024, "a token of " + text.length() + " characters");
    assertEquals(seen, SessionToken.parse(text).seen());
    assertEquals(SessionToken.NONE, SessionToken.parse(SessionToken.NONE.text()));
  }

  @Test
  void mergingKeepsWhatEitherSaw() {
    VersionVector a = VersionVector.of(new ReplicaId("eu"), 5).with(new ReplicaId("us"), 1);
    VersionVector b = VersionVector.of(new ReplicaId("eu"), 3).with(new ReplicaId("ap"), 2);
    SessionToken merged = new SessionToken(a).merge(b);
    assertTrue(merged.seen().covers(a) && merged.seen().covers(b));
    assertEquals(a, new SessionToken(a).merge(VersionVector.EMPTY).seen());
  }

  @Test
  void aTokenFullOfRegionsThatAreNotHereBreaksNothing() {
    VersionVector foreign = VersionVector.EMPTY;
    for (int i = 0; i < VersionVector.MAX_ORIGINS; i++) {
      foreign = foreign.with(new ReplicaId("x" + i), 1);
    }
    Dot change = new Dot(new ReplicaId("eu"), 7);
    SessionToken forged = new SessionToken(foreign);
    assertTrue(forged.with(change).seen().contains(change));
    assertTrue(forged.merge(VersionVector.of(new ReplicaId("eu"), 7)).seen().contains(change));
  }

  @Test
  void aForgedOrDamagedTokenIsRefused() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String text = new SessionToken(VersionVector.of(new ReplicaId("eu"), 77)).text();
    for (int i = 0; i < 5_000; i++) {
      char[] damaged = text.toCharArray();
      damaged[random.nextInt(damaged.length)] = (char) (33 + random.nextInt(90));
      String forged = new String(damaged);
      if (!forged.equals(text)) {
        try {
          // The last character has bits that mean nothing: only the same token may come out.
          assertEquals(77, SessionToken.parse(forged).seen().get(new ReplicaId("eu")));
        } catch (StoreFailure refused) {
          assertEquals("invalid-header", refused.code().text(), "seed " + seed);
        }
      }
    }
    assertThrows(StoreFailure.class, () -> SessionToken.parse(""));
    assertThrows(StoreFailure.class, () -> SessionToken.parse("x".repeat(5000)));
  }
}
