package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;

/** A counter that grows and falls (PN-Counter), or only grows (G-Counter). */
public final class Counter extends Crdt {

  private final CrdtType type;
  private final Tallies tallies;

  Counter(CrdtType type, Tallies tallies) {
    this.type = type;
    this.tallies = tallies;
  }

  boolean falls() {
    return type == CrdtType.PN_COUNTER;
  }

  @Override
  public CrdtType type() {
    return type;
  }

  @Override
  public String view() {
    return tallies.sum().toString();
  }

  @Override
  public String stateView() {
    return Json.state(type, view(), tallies.origins(falls()));
  }

  @Override
  void apply(Dot dot, VersionId version, Delta delta) {
    if (!(delta instanceof Delta.Count count)) {
      throw strange(delta);
    }
    tallies.add(dot, count);
  }

  @Override
  void merge(Crdt other, VersionVector seen, VersionVector others) {
    tallies.merge(((Counter) other).tallies);
  }

  @Override
  Crdt copy() {
    return new Counter(type, tallies.copy());
  }

  @Override
  void write(Output out) {
    tallies.write(out);
  }

  @Override
  int bytes() {
    return tallies.bytes();
  }
}
