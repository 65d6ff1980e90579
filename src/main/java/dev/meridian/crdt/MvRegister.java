package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import java.util.List;

/**
 * One value, or all that were set without seeing each other: a reader sees the value when it is the
 * only one, {@code null} when there is none, and else an array of them, ordered by who set them.
 */
public final class MvRegister extends Crdt {

  private final Dotted values;

  MvRegister() {
    this(new Dotted());
  }

  private MvRegister(Dotted values) {
    this.values = values;
  }

  @Override
  public CrdtType type() {
    return CrdtType.MV_REGISTER;
  }

  @Override
  public String view() {
    return switch (values.values.size()) {
      case 0 -> "null";
      case 1 -> values.values.firstEntry().getValue();
      default -> Json.array(values.values.values());
    };
  }

  @Override
  public String stateView() {
    return Json.state(type(), view(), values.elements());
  }

  /** What the next value replaces. */
  List<ElementId> ids() {
    return List.copyOf(values.values.keySet());
  }

  @Override
  void apply(Dot dot, VersionId version, Delta delta) {
    if (!(delta instanceof Delta.Put put)) {
      throw strange(delta);
    }
    values.put(dot, put);
  }

  @Override
  void merge(Crdt other, VersionVector seen, VersionVector others) {
    values.merge(((MvRegister) other).values, seen, others);
  }

  @Override
  Crdt copy() {
    return new MvRegister(values.copy());
  }

  @Override
  void write(Output out) {
    values.write(out);
  }

  static MvRegister read(Input in) {
    return new MvRegister(Dotted.read(in));
  }

  @Override
  int bytes() {
    return values.bytes();
  }
}
