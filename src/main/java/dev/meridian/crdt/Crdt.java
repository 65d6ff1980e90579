package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;

/** The state of one field. It belongs to its {@link FieldStates}, which alone changes it. */
public abstract sealed class Crdt permits Counter, GSet, OrSet, LwwRegister, MvRegister, Rga {

  Crdt() {}

  public abstract CrdtType type();

  /** What a reader sees, as compact JSON. */
  public abstract String view();

  /** The same and what it is made of, as a JSON object with the member {@code $crdt}. */
  public abstract String stateView();

  /**
   * Does what one change did. Each change once, after those it was based on.
   *
   * @param version of the change
   */
  abstract void apply(Dot dot, VersionId version, Delta delta);

  /**
   * Takes in another state of the same field.
   *
   * @param seen the changes that are in this one
   * @param others the changes that are in the other one
   */
  abstract void merge(Crdt other, VersionVector seen, VersionVector others);

  /**
   * Forgets what makes no difference any more.
   *
   * @param stable changes that every region has, and whatever any region did before it had them is
   *     in this state
   */
  void collect(VersionVector stable) {}

  abstract Crdt copy();

  abstract void write(Output out);

  /** The heap it takes, about. */
  abstract int bytes();

  /** What a reader sees of a field that nothing was done to. */
  public static String emptyView(CrdtType type) {
    return empty(type).view();
  }

  public static String emptyStateView(CrdtType type) {
    return empty(type).stateView();
  }

  static Crdt empty(CrdtType type) {
    return switch (type) {
      case G_COUNTER, PN_COUNTER -> new Counter(type, new Tallies());
      case G_SET -> new GSet();
      case OR_SET -> new OrSet();
      case LWW_REGISTER -> new LwwRegister();
      case MV_REGISTER -> new MvRegister();
      case RGA -> new Rga();
    };
  }

  static Crdt read(CrdtType type, Input in) {
    return switch (type) {
      case G_COUNTER, PN_COUNTER -> new Counter(type, Tallies.read(in));
      case G_SET -> GSet.read(in);
      case OR_SET -> OrSet.read(in);
      case LWW_REGISTER -> LwwRegister.read(in);
      case MV_REGISTER -> MvRegister.read(in);
      case RGA -> RgaCodec.read(in);
    };
  }

  /** A delta of another type: such bytes were not made by {@link FieldStates#translate}. */
  IllegalArgumentException strange(Delta delta) {
    return new IllegalArgumentException(
        "a " + type().text() + " knows no " + delta.getClass().getSimpleName());
  }
}
