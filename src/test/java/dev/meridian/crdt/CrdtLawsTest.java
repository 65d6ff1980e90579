package dev.meridian.crdt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every type keeps to: states that hold the same changes are the same bytes, whatever the way
 * the changes came, one by one in any causal order, again, or as states.
 */
class CrdtLawsTest {

  /** Cases of each type; the gate runs few. */
  private static final int CASES = Integer.getInteger("meridian.crdt.cases", 2_000);

  @ParameterizedTest
  @EnumSource(CrdtType.class)
  void equalChangesAreEqualBytes(CrdtType type) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < CASES; i++) {
      try {
        check(type, random);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError(type + " seed " + seed + " case " + i + ": " + failed, failed);
      }
    }
  }

  private static void check(CrdtType type, Random random) {
    List<FieldKey> keys = List.of(new FieldKey("/a", type, ""), new FieldKey("/b/c", type, "eu:7"));
    List<Replica> replicas = new ArrayList<>();
    for (String id : List.of("b", "a", "c").subList(0, 2 + random.nextInt(2))) {
      replicas.add(new Replica(id));
    }
    NaiveText text = new NaiveText();
    for (int step = 0; step < 12; step++) {
      Replica one = replicas.get(random.nextInt(replicas.size()));
      Replica other = replicas.get(random.nextInt(replicas.size()));
      if (random.nextInt(3) == 0) {
        one.hearFrom(other, random, random.nextBoolean());
      } else {
        FieldKey key = keys.get(random.nextInt(10) == 0 ? 1 : 0);
        one.act(one.randomOperations(key, random));
      }
    }
    List<FieldStates> partial = replicas.stream().map(each -> each.states.copy()).toList();
    laws(partial);
    FieldStates joined = partial.getFirst().copy();
    partial.forEach(joined::merge);
    for (int round = 0; round < replicas.size(); round++) {
      for (Replica one : replicas) {
        for (Replica other : replicas) {
          one.hearFrom(other, random, true);
        }
      }
    }
    byte[] expected = replicas.getFirst().states.encode();
    for (Replica replica : replicas) {
      assertArrayEquals(expected, replica.states.encode(), "changes one by one");
      for (Replica.Made made : replica.heard) {
        replica.states.apply(made.dot(), made.version(), made.delta());
      }
      assertArrayEquals(expected, replica.states.encode(), "changes again");
    }
    assertArrayEquals(expected, joined.encode(), "merged states");
    FieldStates read = FieldStates.decode(expected, 0, expected.length);
    assertArrayEquals(expected, read.encode(), "written and read");
    assertArrayEquals(expected, read.copy().encode(), "copied");
    for (FieldKey key : read.keys()) {
      assertEquals(
          replicas.getLast().states.get(key).orElseThrow().view(),
          read.get(key).orElseThrow().view());
    }
    if (type == CrdtType.RGA) {
      checkText(replicas.getFirst(), keys.getFirst(), text);
    }
  }

  private static void checkText(Replica replica, FieldKey key, NaiveText text) {
    for (Replica.Made made : replica.heard) {
      text.apply(
          made.dot(),
          new FieldDelta(
              made.delta().steps().stream().filter(step -> step.key().equals(key)).toList()));
    }
    String elements = String.join(",", text.elements());
    Crdt state = replica.states.get(key).orElse(new Rga());
    StringBuilder shown = new StringBuilder();
    for (RgaBlock block : ((Rga) state).sequence) {
      for (int i = 0; i < block.visible(); i++) {
        shown.append(shown.isEmpty() ? "" : ",").append(block.content.orElseThrow().json(i));
      }
    }
    assertEquals(elements, shown.toString(), "as the tree says");
  }

  private static void laws(List<FieldStates> states) {
    FieldStates a = states.getFirst();
    FieldStates b = states.get(1);
    FieldStates c = states.getLast();
    assertArrayEquals(merged(a, b).encode(), merged(b, a).encode(), "commutative");
    assertArrayEquals(
        merged(merged(a, b), c).encode(), merged(a, merged(b, c)).encode(), "associative");
    assertArrayEquals(a.encode(), merged(a, a).encode(), "idempotent");
    assertArrayEquals(
        merged(a, b).encode(), merged(merged(a, b), b).encode(), "idempotent after a merge");
  }

  private static FieldStates merged(FieldStates a, FieldStates b) {
    FieldStates merged = a.copy();
    merged.merge(b.copy());
    return merged;
  }
}
