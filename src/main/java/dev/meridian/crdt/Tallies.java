package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;

/** What each origin has counted; an origin's changes come in order, so its later tally is whole. */
final class Tallies {

  private static final int BYTES_EACH = 160;

  private final Map<ReplicaId, Tally> byOrigin;

  /**
   * @param sequence of the origin's last change in it
   */
  record Tally(long sequence, BigInteger plus, BigInteger minus) {}

  Tallies() {
    this(new TreeMap<>());
  }

  private Tallies(Map<ReplicaId, Tally> byOrigin) {
    this.byOrigin = byOrigin;
  }

  void add(Dot dot, Delta.Count count) {
    byOrigin.merge(
        dot.origin(),
        new Tally(dot.sequence(), count.plus(), count.minus()),
        (old, more) ->
            new Tally(more.sequence(), old.plus().add(more.plus()), old.minus().add(more.minus())));
  }

  void merge(Tallies other) {
    other.byOrigin.forEach(
        (origin, tally) ->
            byOrigin.merge(origin, tally, (a, b) -> a.sequence() >= b.sequence() ? a : b));
  }

  Tallies copy() {
    return new Tallies(new TreeMap<>(byOrigin));
  }

  BigInteger sum() {
    return byOrigin.values().stream()
        .map(tally -> tally.plus().subtract(tally.minus()))
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** A member for each origin: what it added and, if asked for, what it took off. */
  String origins(boolean minus) {
    StringBuilder out = new StringBuilder(",\"origins\":{");
    String before = "";
    for (Map.Entry<ReplicaId, Tally> each : byOrigin.entrySet()) {
      out.append(before).append(Json.quote(each.getKey().value())).append(":{\"plus\":");
      out.append(each.getValue().plus());
      if (minus) {
        out.append(",\"minus\":").append(each.getValue().minus());
      }
      out.append('}');
      before = ",";
    }
    return out.append('}').toString();
  }

  void write(Output out) {
    out.number(byOrigin.size());
    byOrigin.forEach(
        (origin, tally) ->
            out.origin(origin).number(tally.sequence()).big(tally.plus()).big(tally.minus()));
  }

  static Tallies read(Input in) {
    Tallies read = new Tallies();
    for (int i = in.count(); i > 0; i--) {
      read.byOrigin.put(in.origin(), new Tally(in.number(), in.big(), in.big()));
    }
    return read;
  }

  int bytes() {
    return byOrigin.size() * BYTES_EACH;
  }
}
