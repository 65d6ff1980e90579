package dev.meridian.engine;

import dev.meridian.document.CollectionName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** The hash trees of all collections. Writer only. */
final class HashTrees {

  /** More live documents get a large tree, half a megabyte. */
  static final int LARGE_FROM = 32_768;

  /** Of so many collections; those of further ones stay small and tell fewer documents apart. */
  static final int MAX_LARGE = 64;

  private final Map<CollectionName, MerkleTree> trees = new HashMap<>();
  private final Set<CollectionName> changed = new HashSet<>();
  private int large;

  Optional<MerkleTree> copy(CollectionName collection) {
    return Optional.ofNullable(trees.get(collection)).map(MerkleTree::copy);
  }

  void add(CollectionName collection, DocumentPrefix prefix, long delta) {
    trees.computeIfAbsent(collection, unused -> MerkleTree.small()).add(prefix, delta);
    changed.add(collection);
  }

  /** An empty one for so many documents. */
  MerkleTree fresh(long documents) {
    return documents > LARGE_FROM && large < MAX_LARGE ? MerkleTree.large() : MerkleTree.small();
  }

  /** Whether a collection has become too many documents for its tree. */
  boolean outgrew(CollectionState collection) {
    MerkleTree tree = trees.get(collection.name());
    return tree != null && !tree.isLarge() && collection.count() > LARGE_FROM && large < MAX_LARGE;
  }

  void replace(CollectionName collection, MerkleTree by) {
    load(collection, by);
    changed.add(collection);
  }

  /** The same for one that is on disk already. */
  void load(CollectionName collection, MerkleTree tree) {
    MerkleTree before = trees.put(collection, tree);
    large += (tree.isLarge() ? 1 : 0) - (before != null && before.isLarge() ? 1 : 0);
  }

  /** Those that changed since the last call. */
  void takeChanged(BiConsumer<CollectionName, MerkleTree> each) {
    changed.forEach(collection -> each.accept(collection, trees.get(collection)));
    changed.clear();
  }
}
