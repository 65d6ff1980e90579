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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

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

  private static final System.Logger LOG = System.getLogger(Versions.class.getName());

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
    boolean isWhole = true;
    Set<VersionId> kept = kept(theirs, copy);
    for (Change own : copy.versions()) {
      RepairMessage.VersionRef ref = left.remove(own.version());
      boolean lacking = ref == null && vector.contains(own.dot()) && kept.contains(own.version());
      boolean other = ref != null && ref.checksum() != ChangeCodecV1.checksum(own);
      if (lacking || other) {
        versions.add(ChangeCodecV1.forRegion(peer, own.encoded()));
      }
      if (other) {
        wanted.add(ref.id());
      }
    }
    for (RepairMessage.VersionRef ref : left.values()) {
      if (here.contains(ref.dot()) && kept.contains(ref.id())) {
        wanted.add(ref.id());
        isWhole = false;
      }
    }
    return new RepairMessage.Difference(
        bounded(versions),
        wanted,
        isWhole && !versions.isEmpty() ? fields(theirs.key(), copy) : Optional.empty());
  }

  /** What the history keeps of all that either has: the rest may be gone from one of them. */
  private Set<VersionId> kept(RepairMessage.Known theirs, DocumentCopy copy) {
    NavigableSet<VersionId> all = new TreeSet<>(Comparator.reverseOrder());
    copy.versions().forEach(each -> all.add(each.version()));
    theirs.versions().forEach(each -> all.add(each.id()));
    int kept =
        theirs.key().isSettings()
            ? all.size()
            : store.kept(theirs.key().collection(), all.stream().map(VersionId::hlc).toList());
    return all.stream().limit(kept).collect(Collectors.toSet());
  }

  /**
   * Of a document that differs, whose CRDT fields may be taken for the other one's.
   *
   * @param oursAreWhole nothing was lacking here, nor altered
   * @param theirsAreWhole nor in the peer
   */
  record Judgement(boolean oursAreWhole, boolean theirsAreWhole) {}

  /**
   * What the difference says of the two copies, before anything is mended. States of fields do not
   * tell that they lack an operation: those of a copy that does must not take the other's place.
   */
  Judgement judge(ReplicaId peer, StoredKey key, RepairMessage.Difference difference) {
    boolean ofNoAccount = difference.wanted().isEmpty() && difference.fields().isEmpty();
    if (difference.versions().isEmpty() || ofNoAccount) {
      return new Judgement(difference.versions().isEmpty(), difference.wanted().isEmpty());
    }
    Map<VersionId, Change> here = byVersion(store.copy(key));
    Set<VersionId> lackingThere = new HashSet<>(difference.wanted());
    boolean ours = true;
    boolean theirs = true;
    for (Bytes encoded : difference.versions()) {
      Change brought = ChangeCodecV1.decode(encoded);
      Change known = here.get(brought.version());
      if (known == null || isRight(peer, brought, known)) {
        ours = false;
      } else {
        theirs = false;
      }
      lackingThere.remove(brought.version());
    }
    return new Judgement(ours, theirs && lackingThere.isEmpty());
  }

  /**
   * Those of a document that the other one wants.
   *
   * @param withFields whether its CRDT fields are whole here
   */
  Optional<RepairMessage.Given> given(
      ReplicaId peer, StoredKey key, List<VersionId> wanted, boolean withFields) {
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
                key, bounded(versions), withFields ? fields(key, copy) : Optional.empty()));
  }

  /** What the fields hold, unless no message has room for it. */
  private static Optional<Bytes> fields(StoredKey key, DocumentCopy copy) {
    Optional<Bytes> record = copy.fields().map(DocumentCopy.Fields::record);
    if (record.isPresent() && record.get().length() > MAX_BYTES) {
      LOG.log(
          System.Logger.Level.WARNING,
          "event=fields-not-repaired collection={0} id={1} bytes={2}",
          key.collection(),
          key.id(),
          Integer.toString(record.get().length()));
      return Optional.empty();
    }
    return record;
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

  /** What they take in a message. */
  static long bytes(List<Bytes> versions, Optional<Bytes> fields) {
    return versions.stream().mapToLong(Bytes::length).sum() + fields.map(Bytes::length).orElse(0);
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
    Map<VersionId, Change> here = byVersion(store.copy(given.key()));
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

  private static Map<VersionId, Change> byVersion(DocumentCopy copy) {
    Map<VersionId, Change> versions = new HashMap<>();
    copy.versions().forEach(each -> versions.put(each.version(), each));
    return versions;
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
