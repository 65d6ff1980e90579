package dev.meridian.engine;

import dev.meridian.env.WallClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What was found damaged since the start, newest first. Bounded; thread-safe. */
final class Damages {

  private static final System.Logger LOG = System.getLogger(Damages.class.getName());

  /** The most that are remembered. */
  private static final int MAX_REMEMBERED = 100;

  private final WallClock wall;
  private final Deque<Damage> found = new ArrayDeque<>();

  Damages(WallClock wall) {
    this.wall = wall;
  }

  /**
   * Remembers damage, unless the same file's is known and not mended.
   *
   * @param owner the table or segment that the file belongs to
   */
  synchronized void found(String owner, DamagedFileException damage) {
    boolean known =
        found.stream()
            .anyMatch(each -> each.owner().equals(owner) && each.state() != Damage.State.REBUILT);
    if (known) {
      return;
    }
    LOG.log(System.Logger.Level.ERROR, "event=damage-found {0}", damage.getMessage());
    found.addFirst(
        new Damage(
            owner,
            wall.millis(),
            damage.file(),
            damage.offset(),
            damage.getMessage(),
            Damage.State.OUT_OF_SERVICE));
    if (found.size() > MAX_REMEMBERED) {
      found.removeLast();
    }
  }

  synchronized void state(String owner, Damage.State state) {
    Optional<Damage> newest =
        found.stream().filter(damage -> damage.owner().equals(owner)).findFirst();
    if (newest.isEmpty()) {
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING, "event=damage file={0} state={1}", newest.get().file(), state);
    List<Damage> all = found.stream().map(d -> d == newest.get() ? d.in(state) : d).toList();
    found.clear();
    found.addAll(all);
  }

  synchronized List<Damage> all() {
    return List.copyOf(found);
  }
}
