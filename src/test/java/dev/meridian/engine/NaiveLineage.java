package dev.meridian.engine;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Lineage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Who descends from whom, by definition and without cleverness: connected components of a graph.
 */
public final class NaiveLineage {

  private static final Comparator<Change> HIGHEST_FIRST =
      Comparator.comparing(Change::version).reversed();

  private NaiveLineage() {}

  public static List<Change> heads(List<Change> versions) {
    return versions.stream()
        .filter(each -> versions.stream().noneMatch(other -> other.covers(each)))
        .sorted(HIGHEST_FIRST)
        .toList();
  }

  /** Those that can collide: operations on fields do with deletions only. */
  private static List<Change> colliding(List<Change> versions) {
    return versions.stream()
        .filter(
            each ->
                each.kind() != ChangeKind.OPERATIONS
                    || versions.stream()
                        .anyMatch(
                            other ->
                                other.isTombstone() && !other.covers(each) && !each.covers(other)))
        .toList();
  }

  /**
   * For each group the lowest version, then those that no other of it has seen, then what ended it.
   */
  public static List<List<VersionId>> collisions(List<Change> all) {
    List<Change> versions = colliding(all);
    List<List<VersionId>> groups = new ArrayList<>();
    Set<Change> done = new HashSet<>();
    for (Change start : versions.stream().sorted(HIGHEST_FIRST).toList()) {
      List<Change> group = group(start, versions);
      if (group.size() > 1 && done.addAll(group)) {
        List<VersionId> one = new ArrayList<>();
        one.add(group.stream().map(Change::version).min(Comparator.naturalOrder()).orElseThrow());
        heads(group).forEach(each -> one.add(each.version()));
        all.stream()
            .filter(each -> ends(each, group, versions, all))
            .map(Change::version)
            .min(Comparator.naturalOrder())
            .ifPresent(one::add);
        groups.add(one);
      }
    }
    return groups;
  }

  /** What collides itself, or else an operation where the document is one besides its fields. */
  private static boolean ends(
      Change version, List<Change> group, List<Change> colliding, List<Change> all) {
    List<Change> until =
        all.stream().filter(each -> each.version().compareTo(version.version()) <= 0).toList();
    return group.stream().allMatch(version::covers)
        && !group.contains(version)
        && (colliding.contains(version) || new Lineage(until).plain().size() <= 1);
  }

  private static List<Change> group(Change start, List<Change> versions) {
    Set<Change> group = new HashSet<>(Set.of(start));
    Deque<Change> open = new ArrayDeque<>(group);
    while (!open.isEmpty()) {
      Change each = open.remove();
      for (Change other : versions) {
        boolean apart = !each.covers(other) && !other.covers(each) && !other.equals(each);
        if (apart && group.add(other)) {
          open.add(other);
        }
      }
    }
    return List.copyOf(group);
  }

  /** Versions as regions would make them that see each other's at random. */
  static List<Change> random(Random random, int count, int regions) {
    List<Change> versions = new ArrayList<>();
    VersionVector[] seen = new VersionVector[regions];
    long[] clocks = new long[regions];
    java.util.Arrays.fill(seen, VersionVector.EMPTY);
    for (int i = 0; i < count; i++) {
      int region = random.nextInt(regions);
      if (!versions.isEmpty() && random.nextInt(3) > 0) {
        Change heard = versions.get(random.nextInt(versions.size()));
        seen[region] = seen[region].merge(heard.vector());
        clocks[region] = Math.max(clocks[region], heard.hlc().packed());
      }
      ReplicaId origin = new ReplicaId("r" + region);
      clocks[region] += 1 + random.nextInt(5);
      Dot dot = new Dot(origin, seen[region].get(origin) + 1);
      versions.add(
          ChangeCodecV1.encode(
              dot,
              new HlcTimestamp(clocks[region]),
              random.nextInt(5) == 0 ? ChangeKind.DELETE : ChangeKind.PUT,
              new CollectionName("c"),
              new DocumentId("d"),
              seen[region],
              VersionVector.EMPTY,
              "",
              Bytes.utf8("{}")));
      seen[region] = seen[region].with(dot);
    }
    return versions;
  }
}
