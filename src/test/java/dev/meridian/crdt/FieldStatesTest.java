package dev.meridian.crdt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.crdt.FieldOperation.Position;
import dev.meridian.simulation.Golden;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldStatesTest {

  private static final Random RANDOM = new Random(1);

  private static FieldKey key(CrdtType type) {
    return new FieldKey("/" + type.text(), type, "");
  }

  private static String view(Replica replica, CrdtType type) {
    return replica.states.get(key(type)).orElseThrow().view();
  }

  private static void exchange(Replica... replicas) {
    for (int round = 0; round < replicas.length; round++) {
      for (Replica one : replicas) {
        for (Replica other : replicas) {
          one.hearFrom(other, RANDOM, true);
        }
      }
    }
  }

  @Test
  void countersAddUpBeyondAnyMachineNumber() {
    Replica eu = new Replica("eu");
    Replica us = new Replica("us");
    FieldKey views = key(CrdtType.PN_COUNTER);
    eu.act(List.of(new FieldOperation.Increment(views, Long.MAX_VALUE)));
    us.act(
        List.of(
            new FieldOperation.Increment(views, Long.MAX_VALUE),
            new FieldOperation.Decrement(views, 4)));
    exchange(eu, us);
    assertEquals("18446744073709551610", view(eu, CrdtType.PN_COUNTER));
    assertEquals(view(eu, CrdtType.PN_COUNTER), view(us, CrdtType.PN_COUNTER));
    assertTrue(
        eu.states.get(views).orElseThrow().stateView().contains("\"minus\":4"), "who counted what");
  }

  @Test
  void addingWinsOverRemovingAtOnce() {
    Replica eu = new Replica("eu");
    Replica us = new Replica("us");
    FieldKey tags = key(CrdtType.OR_SET);
    eu.act(List.of(new FieldOperation.Add(tags, "\"x\""), new FieldOperation.Add(tags, "\"y\"")));
    exchange(eu, us);
    eu.act(
        List.of(
            new FieldOperation.Remove(tags, "\"x\""), new FieldOperation.Remove(tags, "\"y\"")));
    us.act(List.of(new FieldOperation.Add(tags, "\"x\"")));
    exchange(eu, us);
    assertEquals("[\"x\"]", view(eu, CrdtType.OR_SET));
    assertEquals("[\"x\"]", view(us, CrdtType.OR_SET));
  }

  @Test
  void registersKeepTheLatestOrAll() {
    Replica eu = new Replica("eu");
    Replica us = new Replica("us");
    for (CrdtType type : List.of(CrdtType.LWW_REGISTER, CrdtType.MV_REGISTER)) {
      eu.act(List.of(new FieldOperation.Assign(key(type), "1")));
      us.act(List.of(new FieldOperation.Assign(key(type), "2")));
    }
    exchange(eu, us);
    assertEquals("2", view(eu, CrdtType.LWW_REGISTER));
    assertEquals("[1,2]", view(us, CrdtType.MV_REGISTER));
    us.act(List.of(new FieldOperation.Assign(key(CrdtType.MV_REGISTER), "3")));
    exchange(eu, us);
    assertEquals("3", view(eu, CrdtType.MV_REGISTER));
  }

  private static final FieldKey TEXT = key(CrdtType.RGA);

  private static void type(Replica replica, int at, String text) {
    replica.act(List.of(new FieldOperation.InsertText(TEXT, new Position.Index(at), text)));
  }

  @Test
  void whatIsTypedInARowStaysTogether() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    type(a, 0, "Hello !");
    exchange(a, b);
    for (char each : "Alice".toCharArray()) {
      type(a, 6 + "Alice".indexOf(each), "" + each);
    }
    String bob = "Charlie";
    for (int i = 0; i < bob.length(); i++) {
      type(b, 6 + i, "" + bob.charAt(i));
    }
    exchange(a, b);
    assertEquals(view(a, CrdtType.RGA), view(b, CrdtType.RGA));
    assertEquals("\"Hello AliceCharlie!\"", view(a, CrdtType.RGA));
  }

  @Test
  void whatIsTypedBackwardsStaysTogetherToo() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    type(a, 0, "()");
    exchange(a, b);
    for (int i = 5; i > 0; i--) {
      type(a, 1, "" + i);
      type(b, 1, "" + (char) ('a' + i - 1));
    }
    exchange(a, b);
    assertEquals(view(a, CrdtType.RGA), view(b, CrdtType.RGA));
    String inside = view(a, CrdtType.RGA).substring(2, 12);
    assertTrue(inside.equals("12345abcde") || inside.equals("abcde12345"), inside);
  }

  @Test
  void runsInsideARunOfSomebodyElseStayTogether() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    Replica c = new Replica("c");
    type(a, 0, "12345678");
    exchange(a, b, c);
    type(a, 4, "AAAA");
    type(a, 6, "aaaa");
    type(b, 4, "BBBB");
    type(c, 4, "cc");
    type(c, 4, "CC");
    exchange(a, b, c);
    assertEquals("\"1234AAaaaaAABBBBCCcc5678\"", view(a, CrdtType.RGA));
    assertEquals(view(a, CrdtType.RGA), view(c, CrdtType.RGA));
  }

  @Test
  void aTextIsCountedInCodePointsAndBecomesAListWithItems() {
    Replica a = new Replica("a");
    type(a, 0, "a😀b");
    type(a, 2, "-");
    assertEquals("\"a😀-b\"", view(a, CrdtType.RGA));
    a.act(List.of(new FieldOperation.Delete(TEXT, new Position.Index(1), 2)));
    assertEquals("\"ab\"", view(a, CrdtType.RGA));
    a.act(List.of(new FieldOperation.InsertItems(TEXT, new Position.Index(1), List.of("7"))));
    assertEquals("[\"a\",7,\"b\"]", view(a, CrdtType.RGA));
  }

  @Test
  void elementsAreFoundByIdWhereverTheyStand() {
    Replica a = new Replica("a");
    type(a, 0, "abc");
    a.act(
        List.of(
            new FieldOperation.InsertText(TEXT, new Position.After("a:1:1"), "-"),
            new FieldOperation.InsertText(TEXT, new Position.After(""), "!"),
            new FieldOperation.Delete(TEXT, new Position.After("a:1:2"), 1)));
    assertEquals("\"!ab-\"", view(a, CrdtType.RGA));
    assertTrue(
        a.states.get(TEXT).orElseThrow().stateView().contains("[\"a:1:1\",\"b\"]"),
        "ids are shown");
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    Replica a = new Replica("a");
    type(a, 0, "abc");
    for (FieldOperation wrong :
        List.of(
            new FieldOperation.Increment(TEXT, 1),
            new FieldOperation.Decrement(key(CrdtType.G_COUNTER), 1),
            new FieldOperation.Remove(key(CrdtType.G_SET), "1"),
            new FieldOperation.Add(key(CrdtType.LWW_REGISTER), "1"),
            new FieldOperation.Assign(key(CrdtType.OR_SET), "1"))) {
      assertThrows(CrdtTypeMismatchException.class, () -> a.states.translate(List.of(wrong)));
    }
    for (FieldOperation beyond :
        List.of(
            new FieldOperation.InsertText(TEXT, new Position.Index(4), "x"),
            new FieldOperation.InsertText(TEXT, new Position.Index(-1), "x"),
            new FieldOperation.InsertText(TEXT, new Position.After("b:1:0"), "x"),
            new FieldOperation.InsertText(TEXT, new Position.After("nonsense"), "x"),
            new FieldOperation.Delete(TEXT, new Position.Index(2), 2),
            new FieldOperation.Delete(TEXT, new Position.Index(0), Integer.MAX_VALUE))) {
      assertThrows(IndexOutOfRangeException.class, () -> a.states.translate(List.of(beyond)));
    }
    assertEquals("\"abc\"", view(a, CrdtType.RGA));
  }

  private static Replica sample() {
    Replica eu = new Replica("eu");
    Replica us = new Replica("us");
    Random random = new Random(42);
    for (int i = 0; i < 6; i++) {
      for (CrdtType type : CrdtType.values()) {
        eu.act(eu.randomOperations(key(type), random));
        us.act(us.randomOperations(key(type), random));
      }
      if (i == 3) {
        exchange(eu, us);
      }
    }
    exchange(eu, us);
    return eu;
  }

  @Test
  void theFormatsAreThosePublished() throws IOException {
    Replica sample = sample();
    byte[] states = sample.states.encode();
    assertArrayEquals(Golden.bytes("field-states-v2.bin", states), states);
    byte[] delta = sample.heard.getLast().delta().encode();
    assertArrayEquals(Golden.bytes("field-delta-v1.bin", delta), delta);
  }

  @Test
  void damagedBytesAreNeverAnythingElseThanRefused() {
    Replica sample = sample();
    byte[] states = sample.states.encode();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<byte[]> damaged = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      byte[] bytes = states.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      damaged.add(bytes);
      damaged.add(Arrays.copyOf(states, random.nextInt(states.length)));
    }
    for (byte[] bytes : damaged) {
      try {
        FieldStates read = FieldStates.decode(bytes, 0, bytes.length);
        read.keys().forEach(each -> read.get(each).orElseThrow().view());
      } catch (IllegalArgumentException refused) {
        // as it should be, if it cannot be read
      } catch (RuntimeException | OutOfMemoryError other) {
        throw new AssertionError("seed " + seed, other);
      }
    }
    for (Replica.Made made : sample.heard) {
      byte[] delta = made.delta().encode();
      delta[random.nextInt(delta.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        FieldStates other = sample.states.copy();
        other.apply(
            new dev.meridian.clock.Dot(sample.id, 1000),
            made.version(),
            FieldDelta.decode(delta, 0, delta.length));
        other.keys().forEach(each -> other.get(each).orElseThrow().view());
      } catch (IllegalArgumentException refused) {
        // as above
      }
    }
  }
}
