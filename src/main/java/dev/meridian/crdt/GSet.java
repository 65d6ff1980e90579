package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import java.util.TreeSet;

/** A set that nothing is taken out of. Shown sorted by the text of its values. */
public final class GSet extends Crdt {

  private static final int BYTES_EACH = 100;

  private final TreeSet<String> values;

  GSet() {
    this(new TreeSet<>());
  }

  private GSet(TreeSet<String> values) {
    this.values = values;
  }

  @Override
  public CrdtType type() {
    return CrdtType.G_SET;
  }

  @Override
  public String view() {
    return Json.array(values);
  }

  @Override
  public String stateView() {
    return Json.state(type(), view(), "");
  }

  @Override
  void apply(Dot dot, VersionId version, Delta delta) {
    if (!(delta instanceof Delta.Grow(String value))) {
      throw strange(delta);
    }
    values.add(value);
  }

  @Override
  void merge(Crdt other, VersionVector seen, VersionVector others) {
    values.addAll(((GSet) other).values);
  }

  @Override
  Crdt copy() {
    return new GSet(new TreeSet<>(values));
  }

  @Override
  void write(Output out) {
    out.number(values.size());
    values.forEach(out::text);
  }

  static GSet read(Input in) {
    GSet set = new GSet();
    for (int i = in.count(); i > 0; i--) {
      set.values.add(in.text());
    }
    return set;
  }

  @Override
  int bytes() {
    return values.stream().mapToInt(String::length).sum() + values.size() * BYTES_EACH;
  }
}
