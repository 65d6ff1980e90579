package dev.meridian.engine;

import dev.meridian.document.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sums of what a collection's documents hash to, by parts of the space of their ids (Merkle, "A
 * digital signature based on a conventional encryption function", 1987; DeCandia et al., "Dynamo",
 * 2007, section 4.7). A node's hash is the wrapping sum of its leaves, so a change costs one
 * addition, and a large tree is folded into a small one by adding neighbours.
 *
 * <p>The writer changes it; others get a {@link #copy}.
 */
public final class MerkleTree {

  /** Leaves of the tree of a collection that is not large, and children of each node of others. */
  public static final int FAN_OUT = 256;

  /** Leaves of a large one. */
  public static final int MAX_LEAVES = FAN_OUT * FAN_OUT;

  private static final long SEED = 0x6d65726964316c31L;

  private final long[] leaves;

  private MerkleTree(long[] leaves) {
    this.leaves = leaves;
  }

  /** That of a collection without documents. */
  public static MerkleTree empty() {
    return small();
  }

  static MerkleTree small() {
    return new MerkleTree(new long[FAN_OUT]);
  }

  static MerkleTree large() {
    return new MerkleTree(new long[MAX_LEAVES]);
  }

  public boolean isLarge() {
    return leaves.length > FAN_OUT;
  }

  /** The leaf of a document in a large tree; that in a small one is its upper half. */
  public static int leaf(DocumentPrefix prefix) {
    return (int) (DocumentPrefix.mix(SEED ^ prefix.hash()) >>> 48);
  }

  void add(DocumentPrefix prefix, long delta) {
    int leaf = leaf(prefix);
    leaves[isLarge() ? leaf : leaf / FAN_OUT] += delta;
  }

  /** Of all documents. */
  public long sum() {
    long sum = 0;
    for (long leaf : leaves) {
      sum += leaf;
    }
    return sum;
  }

  /** Of the documents in each 256th part. */
  public long[] upper() {
    if (!isLarge()) {
      return leaves.clone();
    }
    long[] sums = new long[FAN_OUT];
    for (int leaf = 0; leaf < leaves.length; leaf++) {
      sums[leaf / FAN_OUT] += leaves[leaf];
    }
    return sums;
  }

  /**
   * Of the documents in each 256th part of one of those; of large trees only.
   *
   * @param upper which, from 0
   */
  public long[] lower(int upper) {
    return Arrays.copyOfRange(leaves, upper * FAN_OUT, (upper + 1) * FAN_OUT);
  }

  MerkleTree copy() {
    return new MerkleTree(leaves.clone());
  }

  /** Leaves u32, then each as u64. */
  Bytes encode() {
    ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + leaves.length * Long.BYTES);
    out.putInt(leaves.length);
    out.asLongBuffer().put(leaves);
    return new Bytes(out.array());
  }

  /** An {@link IllegalArgumentException} for anything else. */
  static MerkleTree decode(Bytes bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length());
    int count = in.remaining() < Integer.BYTES ? 0 : in.getInt();
    boolean fits =
        (count == FAN_OUT || count == MAX_LEAVES) && in.remaining() == count * Long.BYTES;
    if (!fits) {
      throw new IllegalArgumentException("no hash tree");
    }
    long[] leaves = new long[count];
    in.asLongBuffer().get(leaves);
    return new MerkleTree(leaves);
  }
}
