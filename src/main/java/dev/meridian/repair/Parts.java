package dev.meridian.repair;

import dev.meridian.engine.MerkleTree;
import java.util.BitSet;

/** Parts of hash trees that differ. */
final class Parts {

  private Parts() {}

  /** The leaves of some 256th parts, one part after the other. */
  static long[] lower(MerkleTree tree, BitSet uppers) {
    long[] sums = new long[uppers.cardinality() * MerkleTree.FAN_OUT];
    int[] at = {0};
    uppers.stream()
        .forEach(
            upper -> {
              System.arraycopy(tree.lower(upper), 0, sums, at[0], MerkleTree.FAN_OUT);
              at[0] += MerkleTree.FAN_OUT;
            });
    return sums;
  }

  static BitSet differing(long[] ours, long[] theirs) {
    if (ours.length != theirs.length) {
      throw new IllegalArgumentException(theirs.length + " parts instead of " + ours.length);
    }
    BitSet differing = new BitSet(ours.length);
    for (int i = 0; i < ours.length; i++) {
      differing.set(i, ours[i] != theirs[i]);
    }
    return differing;
  }

  /** All leaves of some 256th parts. */
  static BitSet leaves(BitSet uppers) {
    BitSet leaves = new BitSet(MerkleTree.MAX_LEAVES);
    uppers.stream()
        .forEach(upper -> leaves.set(upper * MerkleTree.FAN_OUT, (upper + 1) * MerkleTree.FAN_OUT));
    return leaves;
  }

  /**
   * The leaves that differ.
   *
   * @param differing of {@code uppers}' leaves, one part after the other
   */
  static BitSet leaves(BitSet uppers, BitSet differing) {
    int[] parts = uppers.stream().toArray();
    BitSet leaves = new BitSet(MerkleTree.MAX_LEAVES);
    differing.stream()
        .forEach(
            at ->
                leaves.set(
                    parts[at / MerkleTree.FAN_OUT] * MerkleTree.FAN_OUT + at % MerkleTree.FAN_OUT));
    return leaves;
  }
}
