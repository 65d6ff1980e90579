package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import java.util.List;
import java.util.Optional;

/** One value: that of the highest version which set it; {@code null} before any did. */
public final class LwwRegister extends Crdt {

  private Optional<Written> written;

  private record Written(VersionId version, String value) {}

  LwwRegister() {
    this(Optional.empty());
  }

  private LwwRegister(Optional<Written> written) {
    this.written = written;
  }

  @Override
  public CrdtType type() {
    return CrdtType.LWW_REGISTER;
  }

  @Override
  public String view() {
    return written.map(Written::value).orElse("null");
  }

  @Override
  public String stateView() {
    return Json.state(
        type(),
        view(),
        written.map(w -> ",\"version\":" + Json.quote(w.version().toString())).orElse(""));
  }

  @Override
  void apply(Dot dot, VersionId version, Delta delta) {
    if (!(delta instanceof Delta.Put(ElementId id, String value, List<ElementId> replaced))) {
      throw strange(delta);
    }
    take(new Written(version, value));
  }

  /** The later of two in one change counts. */
  private void take(Written other) {
    if (written.isEmpty() || written.get().version().compareTo(other.version()) <= 0) {
      written = Optional.of(other);
    }
  }

  @Override
  void merge(Crdt other, VersionVector seen, VersionVector others) {
    ((LwwRegister) other).written.ifPresent(this::take);
  }

  @Override
  Crdt copy() {
    return new LwwRegister(written);
  }

  @Override
  void write(Output out) {
    out.flag(written.isPresent());
    written.ifPresent(
        w -> out.number(w.version().hlc().packed()).origin(w.version().origin()).text(w.value()));
  }

  static LwwRegister read(Input in) {
    return in.flag()
        ? new LwwRegister(
            Optional.of(
                new Written(new VersionId(new HlcTimestamp(in.number()), in.origin()), in.text())))
        : new LwwRegister();
  }

  @Override
  int bytes() {
    return 100 + written.map(w -> w.value().length()).orElse(0);
  }
}
