package dev.meridian.repair;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.DocumentCopy;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.StorageEngine;
import dev.meridian.engine.StoredKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tells which versions of documents two regions lack, and puts back those that this one does. What
 * a region's vector does not say that it has is on its way, and left alone.
 *
 * <p>Of two copies of a version with other bytes the log tells which one is right; where it does
 * not have it, that of the region which made it is. Thread-safe; reads the disk.
 */
final class Versions {

  /** Bytes of documents after which a message ends. */
  static final int MAX_BYTES = 8 << 20;

  private final ReplicaId self;
  private final CopyStore store;

  Versions(ReplicaId self, CopyStore store) {
    this.self = self;
    this.store = store;
  }

  /** What this region has of a document, for the other one. */
  RepairMessage.Known known(StoredKey key) {
    return new RepairMessage.Known(
        key, store.copy(key).versions().stream().map(RepairMessage.VersionRef::of).toList());
  }

  /**
   * What one of the two lacks of a document.
   *
   * @param vector what the other one had before it looked
   */
  RepairMessage.Difference difference(
      ReplicaId peer, VersionVector vector, RepairMessage.Known theirs) {
    VersionVector here = store.vector();
    DocumentCopy copy = store.copy(theirs.key());
    Map<VersionId, RepairMessage.VersionRef> left = new HashMap<>();
    theirs.versions().forEach(ref -> left.put(ref.id(), ref));
    List<Bytes> versions = new ArrayList<>();
    List<VersionId> wanted = new ArrayList<>();
    for (Change own : copy.versions()) {
      RepairMessage.VersionRef ref = left.remove(own.version());
      boolean lacking = ref == null && vector.contains(own.dot());
      boolean other = ref != null && ref.checksum() != ChangeCodecV1.checksum(own);
      if (lacking || other) {
        versions.add(ChangeCodecV1.forRegion(peer, own.encoded()));
      }
      if (other) {
        wanted.add(ref.id());
      }
    }
    for (RepairMessage.VersionRef ref : left.values()) {
      if (here.contains(ref.dot())) {
        wanted.add(ref.id());
      }
    }
    return new RepairMessage.Difference(
        bounded(versions), wanted, copy.fields().map(DocumentCopy.Fields::record));
  }

  /** Those of a document that the other one wants. */
  Optional<RepairMessage.Given> given(ReplicaId peer, StoredKey key, List<VersionId> wanted) {
    DocumentCopy copy = store.copy(key);
    List<Bytes> versions =
        copy.versions().stream()
            .filter(each -> wanted.contains(each.version()))
            .map(each -> ChangeCodecV1.forRegion(peer, each.encoded()))
            .toList();
    return versions.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new RepairMessage.Given(
                key, bounded(versions), copy.fields().map(DocumentCopy.Fields::record)));
  }

  /** The newest; the next repair brings what is left out. */
  private static List<Bytes> bounded(List<Bytes> versions) {
    long bytes = 0;
    int count = 0;
    for (Bytes version : versions) {
      bytes += version.length();
      if (count > 0 && bytes > MAX_BYTES) {
        break;
      }
      count++;
    }
    return List.copyOf(versions.subList(0, count));
  }

  static long bytes(List<Bytes> versions) {
    return versions.stream().mapToLong(Bytes::length).sum();
  }

  /**
   * Puts back what is lacking here. What does not belong is an {@link IllegalArgumentException}.
   *
   * @return how many versions were lacking
   */
  CompletionStage<Integer> take(ReplicaId peer, List<RepairMessage.Given> documents) {
    List<Mutation> mutations = new ArrayList<>();
    for (RepairMessage.Given given : documents) {
      mutations.addAll(repairs(peer, given));
    }
    documents.forEach(this::takeFields);
    if (mutations.isEmpty()) {
      return CompletableFuture.completedFuture(0);
    }
    CompletableFuture<Integer> done = new CompletableFuture<>();
    store.apply(
        mutations,
        StorageEngine.Sync.FORCED,
        outcomes -> {
          Optional<StoreFailure> refused =
              outcomes.stream()
                  .filter(Outcome.Failed.class::isInstance)
                  .map(outcome -> ((Outcome.Failed) outcome).failure())
                  .findFirst();
          if (refused.isPresent()) {
            done.completeExceptionally(refused.get());
          } else {
            done.complete(
                (int) outcomes.stream().filter(Outcome.Applied.class::isInstance).count());
          }
        });
    return done;
  }

  private List<Mutation> repairs(ReplicaId peer, RepairMessage.Given given) {
    Map<VersionId, Change> here = new HashMap<>();
    store.copy(given.key()).versions().forEach(each -> here.put(each.version(), each));
    return given.versions().stream()
        .map(ChangeCodecV1::decode)
        .sorted(Comparator.comparing(Change::version))
        .<Mutation>map(
            change -> {
              if (!StoredKey.of(change).equals(given.key())) {
                throw new IllegalArgumentException("a version of another document");
              }
              Change known = here.get(change.version());
              return new Mutation.Repaired(change, known != null && isRight(peer, change, known));
            })
        .toList();
  }

  /** Whether what a peer has of a version is right, and not what this region has. */
  private boolean isRight(ReplicaId peer, Change brought, Change known) {
    Optional<Bytes> logged = store.logged(brought.dot());
    return logged
        .map(bytes -> bytes.equals(brought.encoded()) && !bytes.equals(known.encoded()))
        .orElseGet(() -> brought.dot().origin().equals(peer) && !peer.equals(self));
  }

  private void takeFields(RepairMessage.Given given) {
    if (given.fields().isPresent() && !given.key().isSettings()) {
      DocumentCopy.Fields fields = DocumentCopy.Fields.read(given.fields().get());
      if (store.vector().covers(fields.covered())) {
        store.takeFields(given.key().collection(), given.key().id(), fields);
      }
    }
  }
}
