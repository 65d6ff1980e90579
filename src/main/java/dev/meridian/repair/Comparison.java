package dev.meridian.repair;

import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.DocumentHash;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.MerkleTree;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The hash trees of a collection in two regions side by side, as they are: what one of them is
 * about to hear of differs, too.
 *
 * @param ours live documents here
 * @param theirs live documents there
 * @param parts of the 256 those that differ
 * @param documents the first ones that differ, with the part they belong to
 */
public record Comparison(long ours, long theirs, BitSet parts, Map<DocumentId, Integer> documents) {

  /** So many documents are told at most. */
  public static final int MAX_DOCUMENTS = 500;

  static CompletionStage<Comparison> of(
      CollectionName name, CopyStore store, Steps steps, Wire wire, RepairSettings settings) {
    return wire.ask(new RepairMessage.AskRoots(false), RepairMessage.Roots.class)
        .thenCompose(
            roots -> {
              long theirs =
                  roots.roots().stream()
                      .filter(root -> root.name().equals(name))
                      .mapToLong(RepairMessage.Root::count)
                      .sum();
              return store
                  .hashed(name)
                  .thenCombine(
                      wire.ask(
                          new RepairMessage.AskSums(name, Optional.empty()),
                          RepairMessage.Sums.class),
                      (own, sums) -> Parts.differing(own.tree().upper(), sums.sums()))
                  .thenCompose(
                      parts ->
                          documents(name, store, steps, wire, settings, parts)
                              .thenApply(
                                  documents ->
                                      new Comparison(
                                          store.collection(name).count(),
                                          theirs,
                                          parts,
                                          documents)));
            });
  }

  private static CompletionStage<Map<DocumentId, Integer>> documents(
      CollectionName name,
      CopyStore store,
      Steps steps,
      Wire wire,
      RepairSettings settings,
      BitSet parts) {
    if (parts.isEmpty()) {
      return CompletableFuture.completedFuture(Map.of());
    }
    BitSet leaves = Parts.leaves(parts);
    return steps
        .run(
            () ->
                store.hashes(
                    name,
                    new CopyStore.Walk(
                        leaves::get,
                        Optional.empty(),
                        Optional.empty(),
                        settings.pageDocuments(),
                        settings.examineDocuments())))
        .thenCombine(
            wire.ask(
                new RepairMessage.AskHashes(name, leaves, Optional.empty(), Optional.empty()),
                RepairMessage.Hashes.class),
            (own, theirs) -> differing(own, theirs.page()));
  }

  /** Up to where both pages reach. */
  private static Map<DocumentId, Integer> differing(HashPage own, HashPage theirs) {
    Map<DocumentId, DocumentHash> others = new HashMap<>();
    theirs.documents().forEach(each -> others.put(each.id(), each));
    Map<DocumentId, Integer> differing = new TreeMap<>(Ids::compare);
    for (DocumentHash document : own.documents()) {
      DocumentHash other = others.remove(document.id());
      boolean same = other != null && other.sum() == document.sum();
      if (!same && isWithin(document.id(), theirs)) {
        differing.put(document.id(), document.leaf() / MerkleTree.FAN_OUT);
      }
    }
    for (DocumentHash other : others.values()) {
      if (isWithin(other.id(), own)) {
        differing.put(other.id(), other.leaf() / MerkleTree.FAN_OUT);
      }
    }
    Map<DocumentId, Integer> first = new TreeMap<>(Ids::compare);
    differing.entrySet().stream()
        .limit(MAX_DOCUMENTS)
        .forEach(each -> first.put(each.getKey(), each.getValue()));
    return first;
  }

  private static boolean isWithin(DocumentId id, HashPage page) {
    return page.last().map(last -> Ids.compare(id, last) <= 0).orElse(true);
  }
}
