package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What several replicas say of one document. All versions count that none of the others has seen: a
 * lower one may be what the document shows, or a part of it.
 */
final class Merge {
  private final Copy.State local;
  private final ReplicaAnswer.Digest here;
  private final List<Ballot.Reply<ReplicaAnswer.Digest>> others;
  private final HlcTimestamp droppedAt;
  private final Optional<ReplicaAnswer.Newest> newest;

  Merge(Copy.State local, List<Ballot.Reply<ReplicaAnswer.Digest>> others) {
    this.local = local;
    this.here = local.digest();
    this.others = others;
    HlcTimestamp dropped = local.droppedAt();
    for (Ballot.Reply<ReplicaAnswer.Digest> reply : others) {
      dropped = HlcTimestamp.max(dropped, reply.answer().droppedAt());
    }
    droppedAt = dropped;
    Optional<ReplicaAnswer.Newest> best = visible(here.newest());
    for (Ballot.Reply<ReplicaAnswer.Digest> reply : others) {
      best = higher(best, visible(reply.answer().newest()));
    }
    newest = best;
  }

  private Optional<ReplicaAnswer.Newest> visible(Optional<ReplicaAnswer.Newest> version) {
    return version.filter(each -> each.hlc().isAfter(droppedAt));
  }

  private static Optional<ReplicaAnswer.Newest> higher(
      Optional<ReplicaAnswer.Newest> a, Optional<ReplicaAnswer.Newest> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isPresent() ? a : b;
    }
    return a.get().version().compareTo(b.get().version()) >= 0 ? a : b;
  }

  /** All show the same, so all hold it. */
  boolean agreed() {
    return same(here) && others.stream().allMatch(reply -> same(reply.answer()));
  }

  private boolean same(ReplicaAnswer.Digest digest) {
    boolean sameDrop = newest.isPresent() || digest.droppedAt().equals(droppedAt);
    return sameDrop
        && visible(digest.newest())
            .map(ReplicaAnswer.Newest::version)
            .equals(newest.map(ReplicaAnswer.Newest::version))
        && (newest.isPresent() ? digest.heads().equals(must()) : digest.newest().isEmpty());
  }

  boolean diverged() {
    return newest.isPresent()
        && Stream.concat(
                Stream.of(here.newest()), others.stream().map(reply -> reply.answer().newest()))
            .flatMap(Optional::stream)
            .filter(each -> each.version().equals(newest.get().version()))
            .anyMatch(each -> each.checksum() != newest.get().checksum());
  }

  /** Whoever has this shows all that any of them does, or something newer. */
  VersionVector must() {
    if (newest.isPresent()) {
      VersionVector heads = heads(here);
      for (Ballot.Reply<ReplicaAnswer.Digest> reply : others) {
        heads = heads.merge(heads(reply.answer()));
      }
      return heads;
    }
    return droppedAt.equals(HlcTimestamp.ZERO) ? VersionVector.EMPTY : knower().vector();
  }

  private ReplicaAnswer.Digest knower() {
    return others.stream()
        .map(Ballot.Reply::answer)
        .filter(digest -> digest.droppedAt().equals(droppedAt))
        .findFirst()
        .orElse(here);
  }

  private VersionVector heads(ReplicaAnswer.Digest digest) {
    return visible(digest.newest()).isPresent() ? digest.heads() : VersionVector.EMPTY;
  }

  /** What is to be brought here, from where, so that {@link #must} is here. */
  List<Ballot.Reply<VersionVector>> missing() {
    if (newest.isPresent()) {
      return others.stream()
          .map(reply -> new Ballot.Reply<>(reply.from(), heads(reply.answer())))
          .toList();
    }
    return List.of(new Ballot.Reply<>(source(), must()));
  }

  private Region source() {
    return others.stream()
        .filter(reply -> reply.answer().vector().covers(must()))
        .findFirst()
        .orElse(others.getFirst())
        .from();
  }

  /** What this region had. */
  Copy.State local() {
    return local;
  }

  List<Ballot.Reply<ReplicaAnswer.Digest>> others() {
    return others;
  }

  List<Ballot.Reply<VersionVector>> vectors() {
    return others.stream()
        .map(reply -> new Ballot.Reply<>(reply.from(), reply.answer().vector()))
        .toList();
  }

  List<Region> regions() {
    return others.stream().map(Ballot.Reply::from).toList();
  }
}
