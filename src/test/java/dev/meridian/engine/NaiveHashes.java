package dev.meridian.engine;

import dev.meridian.document.Change;
import java.util.List;

/** Makes the hash tree of a collection of all changes that there ever were. */
public final class NaiveHashes {

  private final MerkleTree tree = MerkleTree.large();

  /** Takes in one document. */
  public void document(List<Change> heads) {
    if (!heads.isEmpty()) {
      DocumentPrefix prefix = new DocumentPrefix(heads.getFirst());
      tree.add(prefix, HeadHash.sum(prefix, heads));
    }
  }

  public long sum() {
    return tree.sum();
  }

  public long[] upper() {
    return tree.upper();
  }
}
