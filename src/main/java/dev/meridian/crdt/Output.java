package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes states and deltas. Numbers are LEB128: seven bits a byte, the lowest first; an origin is
 * the number of a name that was written before, or one more and then the name.
 */
final class Output {

  private byte[] bytes = new byte[256];
  private int length;
  private final Map<ReplicaId, Integer> origins = new LinkedHashMap<>();

  Output number(long value) {
    long rest = value;
    makeRoom(10);
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  Output flag(boolean is) {
    return number(is ? 1 : 0);
  }

  Output text(String text) {
    return run(text.getBytes(StandardCharsets.UTF_8));
  }

  Output big(BigInteger value) {
    return run(value.toByteArray());
  }

  Output origin(ReplicaId origin) {
    Integer known = origins.putIfAbsent(origin, origins.size());
    number(known == null ? origins.size() - 1 : known);
    return known == null ? text(origin.value()) : this;
  }

  Output dot(Dot dot) {
    return origin(dot.origin()).number(dot.sequence());
  }

  Output id(ElementId id) {
    flag(id.isOfThisChange());
    return (id.isOfThisChange() ? this : dot(id.dot())).number(id.index());
  }

  Output ids(List<ElementId> ids) {
    number(ids.size());
    ids.forEach(this::id);
    return this;
  }

  Output vector(VersionVector vector) {
    number(vector.size());
    vector.forEach((origin, sequence) -> origin(origin).number(sequence));
    return this;
  }

  private Output run(byte[] run) {
    number(run.length);
    makeRoom(run.length);
    System.arraycopy(run, 0, bytes, length, run.length);
    length += run.length;
    return this;
  }

  private void makeRoom(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.multiplyExact(bytes.length, 2), length + more));
    }
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }
}
