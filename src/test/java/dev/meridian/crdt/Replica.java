package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A region with the fields of one document, and what it did and heard of. */
final class Replica {

  final ReplicaId id;
  final FieldStates states = new FieldStates();
  final List<Made> heard = new ArrayList<>();
  private long clock;

  /**
   * @param context the changes it was based on
   */
  record Made(Dot dot, VersionId version, VersionVector context, FieldDelta delta) {}

  Replica(String id) {
    this.id = new ReplicaId(id);
  }

  void act(List<FieldOperation> operations) {
    Dot dot = new Dot(id, states.included().get(id) + 1);
    VersionId version = new VersionId(new HlcTimestamp(++clock), id);
    byte[] encoded = states.translate(operations).encode();
    FieldDelta delta = FieldDelta.decode(encoded, 0, encoded.length);
    take(new Made(dot, version, states.included(), delta));
  }

  /** Takes in a change if all that it was based on is here. */
  boolean hear(Made made) {
    boolean next = made.dot().sequence() == states.included().get(made.dot().origin()) + 1;
    if (!next || !states.included().covers(made.context())) {
      return false;
    }
    take(made);
    return true;
  }

  private void take(Made made) {
    clock = Math.max(clock, made.version().hlc().packed());
    states.apply(made.dot(), made.version(), made.delta());
    heard.add(made);
  }

  /** Takes in some or all of what another one has. */
  void hearFrom(Replica other, Random random, boolean all) {
    for (Made made : other.heard) {
      if (!all && random.nextInt(3) == 0) {
        return;
      }
      hear(made);
    }
  }

  /** A change as it would be for this type. */
  List<FieldOperation> randomOperations(FieldKey key, Random random) {
    List<FieldOperation> operations = new ArrayList<>();
    FieldStates scratch = states.copy();
    for (int n = 1 + random.nextInt(2); n > 0; n--) {
      FieldOperation operation = random(key, random, scratch);
      operations.add(operation);
      VersionId version = new VersionId(new HlcTimestamp(Long.MAX_VALUE), id);
      scratch.apply(
          new Dot(new ReplicaId("scratch"), scratch.included().get(new ReplicaId("scratch")) + 1),
          version,
          scratch.translate(List.of(operation)));
    }
    return operations;
  }

  private static FieldOperation random(FieldKey key, Random random, FieldStates states) {
    String value = "\"" + (char) ('a' + random.nextInt(4)) + "\"";
    return switch (key.type()) {
      case G_COUNTER -> new FieldOperation.Increment(key, random.nextInt(10));
      case PN_COUNTER ->
          random.nextBoolean()
              ? new FieldOperation.Increment(key, random.nextLong(Long.MAX_VALUE))
              : new FieldOperation.Decrement(key, random.nextLong(Long.MAX_VALUE));
      case G_SET -> new FieldOperation.Add(key, value);
      case OR_SET ->
          random.nextInt(3) > 0
              ? new FieldOperation.Add(key, value)
              : new FieldOperation.Remove(key, value);
      case LWW_REGISTER, MV_REGISTER -> new FieldOperation.Assign(key, value);
      case RGA -> edit(key, random, states);
    };
  }

  private static FieldOperation edit(FieldKey key, Random random, FieldStates states) {
    int length = states.get(key).map(state -> ((Rga) state).length()).orElse(0);
    if (length > 0 && random.nextInt(3) == 0) {
      int at = random.nextInt(length);
      int count = 1 + random.nextInt(Math.min(3, length - at));
      return new FieldOperation.Delete(key, new FieldOperation.Position.Index(at), count);
    }
    FieldOperation.Position at = new FieldOperation.Position.Index(random.nextInt(length + 1));
    String text = "xyz😀ab".substring(0, 1 + random.nextInt(3));
    return random.nextInt(40) == 0
        ? new FieldOperation.InsertItems(key, at, List.of("1", "{\"a\":2}"))
        : new FieldOperation.InsertText(key, at, text);
  }
}
