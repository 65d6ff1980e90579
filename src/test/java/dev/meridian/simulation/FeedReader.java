package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.engine.ChangeFeed;
import java.util.List;
import java.util.Set;

/**
 * Reads all changes, now here and now there, and remembers how far it is. Whatever region it comes
 * to, it gets what it lacks, in causal order.
 */
final class FeedReader {

  private static final int MAX_BYTES = 1 << 20;

  private final SimulatedCluster cluster;
  private VersionVector seen = VersionVector.EMPTY;
  private long read;

  FeedReader(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  /** Reads on in a region. */
  void read(ReplicaId region, int most) {
    try (ChangeFeed.Cursor cursor = cluster.engine(region).changes().open(seen, Set.of())) {
      for (Bytes encoded : cursor.next(most, MAX_BYTES)) {
        take(region, ChangeCodecV1.decode(encoded));
      }
    }
  }

  private void take(ReplicaId region, Change change) {
    if (!seen.covers(change.dependencies())) {
      throw new AssertionError(
          "the feed of " + region + " gave " + change.dot() + " to one that has only " + seen);
    }
    seen = seen.with(change.dot());
    read++;
  }

  /** Reads the rest in a region: then it has everything. */
  void finish(ReplicaId region) {
    long before;
    do {
      before = read;
      read(region, 1_000);
    } while (read > before);
    VersionVector all = cluster.engine(region).vector();
    if (!seen.equals(all)) {
      throw new AssertionError("a reader of the feed got " + seen + " of " + all);
    }
    long made = 0;
    for (ReplicaId origin : cluster.ids()) {
      made += all.get(origin);
    }
    if (read < made) {
      throw new AssertionError("a reader of the feed got " + read + " of " + made + " changes");
    }
  }

  /** Where it goes on. */
  List<ReplicaId> regions() {
    return cluster.ids().stream().filter(cluster::runs).toList();
  }
}
