package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Reads what {@link Output} wrote. Nothing is believed: what cannot be is an {@link
 * IllegalArgumentException}, and nothing is allocated for a length before the bytes are there.
 */
final class Input {

  private final ByteBuffer in;
  private final List<ReplicaId> origins = new ArrayList<>();

  Input(byte[] bytes, int offset, int length) {
    in = ByteBuffer.wrap(bytes, offset, length);
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        if (value < 0) {
          throw new IllegalArgumentException("a number beyond 63 bits");
        }
        return value;
      }
    }
    throw new IllegalArgumentException("a number without an end");
  }

  /** How many things follow, each of at least a byte. */
  int count() {
    long count = number();
    if (count > in.remaining()) {
      throw new IllegalArgumentException(count + " things in " + in.remaining() + " bytes");
    }
    return (int) count;
  }

  int index() {
    long index = number();
    if (index > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("an index of " + index);
    }
    return (int) index;
  }

  boolean flag() {
    long flag = number();
    if (flag > 1) {
      throw new IllegalArgumentException("neither yes nor no: " + flag);
    }
    return flag == 1;
  }

  private byte[] run() {
    byte[] run = new byte[count()];
    in.get(run);
    return run;
  }

  String text() {
    return new String(run(), StandardCharsets.UTF_8);
  }

  /** The text, if it is a single ASCII character: then it is read; else nothing is. */
  OptionalInt single() {
    int at = in.position();
    boolean single = in.remaining() > 1 && in.get(at) == 1 && in.get(at + 1) >= 0;
    if (!single) {
      return OptionalInt.empty();
    }
    in.position(at + 2);
    return OptionalInt.of(in.get(at + 1));
  }

  BigInteger big() {
    return new BigInteger(run());
  }

  ReplicaId origin() {
    long number = number();
    if (number > origins.size()) {
      throw new IllegalArgumentException("an origin that was not named");
    }
    if (number == origins.size()) {
      origins.add(new ReplicaId(text()));
    }
    return origins.get((int) number);
  }

  Dot dot() {
    ReplicaId origin = origin();
    return new Dot(origin, number());
  }

  ElementId id() {
    boolean ofThisChange = flag();
    Dot dot = ofThisChange ? ElementId.THIS_CHANGE : dot();
    return new ElementId(dot, index());
  }

  List<ElementId> ids() {
    int count = count();
    List<ElementId> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(id());
    }
    return ids;
  }

  VersionVector vector() {
    VersionVector vector = VersionVector.EMPTY;
    for (int i = count(); i > 0; i--) {
      ReplicaId origin = origin();
      vector = vector.with(origin, number());
    }
    return vector;
  }

  void end() {
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(in.remaining() + " bytes too many");
    }
  }
}
