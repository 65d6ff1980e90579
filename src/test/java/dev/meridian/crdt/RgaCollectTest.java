package dev.meridian.crdt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.VersionVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is forgotten below the stable cut is not missed by anybody. */
class RgaCollectTest {

  private static final int CASES = Integer.getInteger("meridian.crdt.cases", 2_000);
  private static final FieldKey KEY = new FieldKey("/text", CrdtType.RGA, "");
  private static final FieldKey OTHER = new FieldKey("/text", CrdtType.RGA, "eu:7");

  /** A region that collects, and what it would have if it did not. */
  private static final class Pair {
    final Replica replica;
    final FieldStates whole = new FieldStates();

    Pair(String id) {
      replica = new Replica(id);
    }

    void follow() {
      replica.heard.forEach(made -> whole.apply(made.dot(), made.version(), made.delta()));
    }

    void act(List<FieldOperation> operations) {
      assertArrayEquals(
          whole.translate(operations).encode(),
          replica.states.translate(operations).encode(),
          "where it goes does not depend on what was collected");
      replica.act(operations);
      follow();
    }

    /** The most that may be collected: all that every region has now, as far as that is known. */
    VersionVector stable(List<Pair> all) {
      VersionVector mine = replica.states.included();
      VersionVector stable = mine;
      for (Pair other : all) {
        VersionVector theirs = other.replica.states.included();
        boolean hasItsOwn = mine.get(other.replica.id) == theirs.get(other.replica.id);
        stable = stable.meet(hasItsOwn ? theirs : VersionVector.EMPTY);
      }
      return stable;
    }
  }

  @Test
  void whatIsCollectedIsNotMissed() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int collected = 0;
    for (int i = 0; i < CASES; i++) {
      try {
        collected += check(random);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError("seed " + seed + " case " + i + ": " + failed, failed);
      }
    }
    assertTrue(collected > CASES / 10, "something was collected: " + collected);
  }

  private static int check(Random random) {
    List<Pair> all = new ArrayList<>();
    for (String id : List.of("b", "a", "c").subList(0, 2 + random.nextInt(2))) {
      all.add(new Pair(id));
    }
    int collected = 0;
    int steps = 10 + random.nextInt(40);
    for (int step = 0; step < steps; step++) {
      Pair one = all.get(random.nextInt(all.size()));
      switch (random.nextInt(4)) {
        case 0 -> {
          one.replica.hearFrom(
              all.get(random.nextInt(all.size())).replica, random, random.nextInt(3) > 0);
          one.follow();
        }
        case 1 -> {
          int before = one.replica.states.encode().length;
          one.replica.states.collect(one.stable(all), Set.of(KEY));
          collected += one.replica.states.encode().length < before ? 1 : 0;
          reread(one);
        }
        default -> one.act(one.replica.randomOperations(KEY, random));
      }
      assertEquals(view(one.whole), view(one.replica.states));
    }
    for (int round = 0; round < all.size(); round++) {
      for (Pair one : all) {
        all.forEach(other -> one.replica.hearFrom(other.replica, random, true));
        one.follow();
      }
    }
    for (Pair one : all) {
      assertEquals(view(all.getFirst().whole), view(one.replica.states));
      one.replica.states.collect(one.stable(all), Set.of(KEY));
      assertEquals(view(one.whole), view(one.replica.states));
      assertArrayEquals(
          all.getFirst().replica.states.encode(), one.replica.states.encode(), "when all is told");
    }
    return collected;
  }

  /** What was collected is read as it was written. */
  private static void reread(Pair one) {
    byte[] bytes = one.replica.states.encode();
    assertArrayEquals(bytes, FieldStates.decode(bytes, 0, bytes.length).encode());
    assertArrayEquals(bytes, one.replica.states.copy().encode());
  }

  private static String view(FieldStates states) {
    return states.get(KEY).map(Crdt::view).orElse("");
  }

  @Test
  void aTextThatIsWrittenAgainAndAgainDoesNotGrow() {
    Replica one = new Replica("a");
    int size = 0;
    for (int i = 0; i < 200; i++) {
      List<FieldOperation> operations = new ArrayList<>();
      FieldOperation.Position start = new FieldOperation.Position.Index(0);
      if (i > 0) {
        int length = ((Rga) one.states.get(KEY).orElseThrow()).length();
        operations.add(new FieldOperation.Delete(KEY, start, length));
      }
      operations.add(new FieldOperation.InsertText(KEY, start, "draft " + i));
      one.act(operations);
      one.states.collect(one.states.included(), Set.of(KEY));
      size = i == 0 ? one.states.encode().length : size;
    }
    assertEquals("\"draft 199\"", view(one.states));
    assertTrue(one.states.encode().length < size + 20, "grew to " + one.states.encode().length);
  }

  @Test
  void aFieldThatIsInNoDocumentIsForgottenOnceAllKnow() {
    Replica one = new Replica("a");
    FieldOperation.Position start = new FieldOperation.Position.Index(0);
    one.act(List.of(new FieldOperation.InsertText(KEY, start, "old")));
    one.act(List.of(new FieldOperation.InsertText(OTHER, start, "new")));
    one.states.collect(VersionVector.EMPTY, Set.of(OTHER));
    assertEquals(2, one.states.keys().size());
    one.states.collect(one.states.included(), Set.of(OTHER));
    assertEquals(List.of(OTHER), one.states.keys());
  }
}
