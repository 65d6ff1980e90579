package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;

/** A counter that grows and falls. */
public final class PnCounter extends Crdt {

  private final Tallies tallies;

  PnCounter() {
    this(new Tallies());
  }

  PnCounter(Tallies tallies) {
    this.tallies = tallies;
  }

  @Override
  public CrdtType type() {
    return CrdtType.PN_COUNTER;
  }

  @Override
  public String view() {
    return tallies.sum().toString();
  }

  @Override
  public String stateView() {
    return Json.state(type(), view(), tallies.origins(true));
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
    tallies.merge(((PnCounter) other).tallies);
  }

  @Override
  Crdt copy() {
    return new PnCounter(tallies.copy());
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
