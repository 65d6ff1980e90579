package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Change;
import dev.meridian.document.Lineage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is known of a document whose versions collided: which stand side by side now, and where they
 * did before. Follows from the set of its versions alone, so regions with the same versions have
 * the same record, as long as they keep them.
 *
 * @param heads versions that no other one has seen, highest first
 * @param plain those that say what the document is besides its CRDT fields, highest first
 * @param base the highest write that all of {@code plain} come from, if it is known
 * @param conflicts the latest first
 * @param before how it was before the change that this record was made for
 */
public record ConflictRecord(
    List<VersionId> heads,
    List<VersionId> plain,
    Optional<VersionId> base,
    List<Conflict> conflicts,
    Before before) {

  /** The most conflicts of one document that are remembered. */
  public static final int MAX_CONFLICTS = 32;

  /**
   * One conflict.
   *
   * @param key the lowest version that took part
   * @param base the version before it, if it is known
   * @param versions that collided and that no other of them had seen, highest first
   * @param closedBy the version that had seen all of them; empty while they stand side by side
   * @param resolved whether that was written to end the conflict
   */
  public record Conflict(
      VersionId key,
      Optional<VersionId> base,
      List<VersionId> versions,
      Optional<VersionId> closedBy,
      boolean resolved) {

    /** When it became known to somebody at the earliest: the time of the highest version. */
    public VersionId at() {
      return versions.getFirst();
    }

    private boolean isAfter(HlcTimestamp droppedAt) {
      return Stream.of(Stream.of(key), base.stream(), versions.stream())
          .flatMap(each -> each)
          .allMatch(version -> version.hlc().isAfter(droppedAt));
    }

    /** Whether it is over for so long that nothing of it need be left. */
    public boolean isForgotten(HlcTimestamp now) {
      return closedBy.isPresent()
          && now.millis() - closedBy.get().hlc().millis() > KEPT_FOR.toMillis();
    }
  }

  /**
   * What a record takes the place of, for those who meet it before the change it was made for.
   *
   * @param heads that stood side by side, or the only one
   * @param plain as above
   * @param conflicts how many were remembered
   */
  record Before(List<VersionId> heads, List<VersionId> plain, int conflicts) {
    boolean isConflicted() {
      return heads.size() > 1 || plain.size() > 1;
    }
  }

  /** Conflicts that are over are remembered for so long. */
  public static final Duration KEPT_FOR = Duration.ofDays(30);

  /** The versions that have to be kept for it, whatever becomes of the rest of the history. */
  Set<VersionId> needs(HlcTimestamp now) {
    Set<VersionId> needed = new HashSet<>(heads);
    needed.addAll(plain);
    base.ifPresent(needed::add);
    for (Conflict conflict : conflicts) {
      if (!conflict.isForgotten(now)) {
        needed.addAll(conflict.versions());
        needed.add(conflict.key());
        conflict.base().ifPresent(needed::add);
      }
    }
    return needed;
  }

  /**
   * Whether its document is more than its newest version. One who looked that up before a conflict
   * ended is told how it was.
   */
  boolean isConflicted(VersionId newest) {
    boolean sinceThen = heads.stream().anyMatch(head -> head.compareTo(newest) > 0);
    return isConflicted() || sinceThen && before.isConflicted();
  }

  /** Whether there is nothing to tell of any more. */
  boolean isEmpty() {
    return !isConflicted() && conflicts.isEmpty();
  }

  /** Whether it tells of a version that a drop at this time has undone. */
  boolean isBefore(HlcTimestamp droppedAt) {
    return Stream.of(heads.stream(), plain.stream(), base.stream())
            .flatMap(each -> each)
            .anyMatch(version -> !version.hlc().isAfter(droppedAt))
        || conflictsAfter(droppedAt).size() < conflicts.size();
  }

  /** Those of which a drop at this time has undone nothing. */
  List<Conflict> conflictsAfter(HlcTimestamp droppedAt) {
    return conflicts.stream().filter(conflict -> conflict.isAfter(droppedAt)).toList();
  }

  /** Several versions stand side by side, if only behind an operation that has seen them. */
  public boolean isConflicted() {
    return heads.size() > 1 || plain.size() > 1;
  }

  /**
   * @param lineage of all versions that are known
   * @param now how the document stands with them
   * @param before how it stood without the last of them
   * @param known conflicts that are remembered until now
   */
  static ConflictRecord of(Lineage lineage, Standing now, Standing before, List<Conflict> known) {
    return of(now, before, known, conflicts(lineage, known));
  }

  /**
   * The same for a document of which something had been lost: what the last record told stands for
   * what was before, not what was found of it.
   *
   * @param collides the version that is back is no mere successor
   */
  static ConflictRecord after(
      ConflictRecord last, Lineage lineage, Standing now, boolean collides) {
    return new ConflictRecord(
        ids(now.heads()),
        ids(now.plain()),
        now.base(),
        collides ? conflicts(lineage, last.conflicts()) : last.conflicts(),
        new Before(last.heads(), last.plain(), last.conflicts().size()));
  }

  /** The same after a version that collided with nothing. */
  static ConflictRecord of(Standing now, Standing before, List<Conflict> known) {
    return of(now, before, known, known);
  }

  private static ConflictRecord of(
      Standing now, Standing before, List<Conflict> known, List<Conflict> conflicts) {
    return new ConflictRecord(
        ids(now.heads()),
        ids(now.plain()),
        now.base(),
        conflicts,
        new Before(ids(before.heads()), ids(before.plain()), known.size()));
  }

  private static List<Conflict> conflicts(Lineage lineage, List<Conflict> known) {
    List<Lineage.Collision> collisions = lineage.collisions();
    List<Conflict> conflicts = new ArrayList<>();
    collisions.forEach(each -> conflicts.add(conflict(each)));
    for (Conflict old : known) {
      // What collided has collided, though not all of it is among what is looked at any more.
      if (collisions.stream().noneMatch(each -> isPartOf(old, each))) {
        conflicts.add(endedBy(lineage, old));
      }
    }
    conflicts.sort(Comparator.comparing(Conflict::key).reversed());
    return List.copyOf(conflicts.subList(0, Math.min(conflicts.size(), MAX_CONFLICTS)));
  }

  private static boolean isPartOf(Conflict old, Lineage.Collision collision) {
    return old.key().compareTo(collision.lowest().version()) >= 0
        && old.key().compareTo(collision.versions().getFirst().version()) <= 0;
  }

  /** One version that has seen all others has seen the conflict, too. */
  private static Conflict endedBy(Lineage lineage, Conflict old) {
    boolean asItWas =
        old.closedBy().isPresent() || lineage.heads().size() > 1 || lineage.plain().size() > 1;
    return asItWas
        ? old
        : new Conflict(
            old.key(),
            old.base(),
            old.versions(),
            Optional.of(lineage.heads().getFirst().version()),
            lineage.heads().getFirst().isResolution());
  }

  private static Conflict conflict(Lineage.Collision collision) {
    return new Conflict(
        collision.lowest().version(),
        collision.before().map(Change::version),
        ids(collision.versions()),
        collision.after().map(Change::version),
        collision.after().map(Change::isResolution).orElse(false));
  }

  private static List<VersionId> ids(List<Change> versions) {
    return versions.stream().map(Change::version).toList();
  }
}
