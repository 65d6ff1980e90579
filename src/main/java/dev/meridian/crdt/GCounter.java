package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;

/** A counter that only grows. */
public final class GCounter extends Crdt {

  private final Tallies tallies;

  GCounter() {
    this(new Tallies());
  }

  GCounter(Tallies tallies) {
    this.tallies = tallies;
  }

  @Override
  public CrdtType type() {
    return CrdtType.G_COUNTER;
  }

  @Override
  public String view() {
    return tallies.sum().toString();
  }

  @Override
  public String stateView() {
    return Json.state(type(), view(), tallies.origins(false));
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
    tallies.merge(((GCounter) other).tallies);
  }

  @Override
  Crdt copy() {
    return new GCounter(tallies.copy());
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
