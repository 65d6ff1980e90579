package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes states and deltas. Numbers are LEB128: seven bits a byte, the lowest first; an origin is
 * the number of a name that was written before, or one more and then the name.
 */
final class Output {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Map<ReplicaId, Integer> origins = new LinkedHashMap<>();

  Output number(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return this;
  }

  Output flag(boolean is) {
    return number(is ? 1 : 0);
  }

  Output text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    number(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  Output big(BigInteger value) {
    byte[] twos = value.toByteArray();
    number(twos.length);
    bytes.writeBytes(twos);
    return this;
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

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
