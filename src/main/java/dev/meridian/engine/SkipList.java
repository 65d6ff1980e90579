package dev.meridian.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The order of a memtable's entries (Pugh, "Skip Lists: A Probabilistic Alternative to Balanced
 * Trees", 1990), all links in a few arrays of ints. One thread inserts, any thread walks; an entry
 * is never taken out. A walk sees all that was inserted before it began.
 *
 * <p>A node carries its key's {@link KeyRank}, so that most comparisons touch nothing but the node.
 */
final class SkipList {

  /** No node; as a node, the head. */
  static final int NONE = 0;

  private static final int MAX_HEIGHT = 12;
  private static final int BRANCHING = 4;
  private static final int RANK = 1;
  private static final int LINKS = 3;
  private static final int ARRAY_BITS = 14;
  private static final int ARRAY_INTS = 1 << ARRAY_BITS;
  private static final VarHandle LINK = MethodHandles.arrayElementVarHandle(int[].class);

  private final EntryArena entries;

  /**
   * A node is where its entry's position stands; the rank of its key in two halves and the links of
   * its levels follow.
   */
  private volatile int[][] arrays = new int[4][];

  private int arrayCount = 1;
  private int free = LINKS + MAX_HEIGHT;

  /** Of each level the last node below the place where was inserted last. */
  private final int[] before = new int[MAX_HEIGHT];

  private final SplittableRandom random = new SplittableRandom(0);

  /** Chosen before the first node; the first node's link publishes it. */
  private KeyRank ranks = KeyRank.NONE;

  SkipList(EntryArena entries) {
    this.entries = entries;
    arrays[0] = new int[ARRAY_INTS];
  }

  /** Before the first insertion: how keys are ranked. */
  void rankBy(KeyRank ranks) {
    this.ranks = ranks;
  }

  /**
   * Cheap for keys that come in order: the search begins where the last one ended.
   *
   * @param rank of its key
   * @return false when the key was there already: the entry takes its place
   */
  boolean insert(int entry, long rank) {
    int same = search(entry, rank);
    if (same != NONE) {
      LINK.setRelease(array(same), slot(same), entry);
      Arrays.fill(before, NONE); // some are of this place, some of the last one
      return false;
    }
    int height = height();
    int node = room(LINKS + height);
    int[] array = array(node);
    int slot = slot(node);
    array[slot] = entry;
    array[slot + RANK] = (int) (rank >>> 32);
    array[slot + RANK + 1] = (int) rank;
    for (int level = 0; level < height; level++) {
      array[slot + LINKS + level] = next(before[level], level);
    }
    for (int level = 0; level < height; level++) {
      LINK.setRelease(array(before[level]), slot(before[level]) + LINKS + level, node);
      before[level] = node;
    }
    return true;
  }

  /**
   * Climbs from the last place as far as it must, then descends; or descends from the head. Returns
   * the node that has the key already, if there is one.
   */
  private int search(int entry, long rank) {
    int level = MAX_HEIGHT - 1;
    int node = NONE;
    if (before[0] != NONE && compare(before[0], entry, rank) < 0) {
      level = 0;
      while (level < MAX_HEIGHT - 1 && isBelow(next(before[level], level), entry, rank)) {
        level++;
      }
      node = before[level];
    }
    int after = NONE;
    for (; level >= 0; level--) {
      int next = next(node, level);
      while (next != after) {
        int order = compare(next, entry, rank);
        if (order == 0) {
          return next;
        }
        if (order > 0) {
          break;
        }
        node = next;
        next = next(node, level);
      }
      after = next;
      before[level] = node;
    }
    return NONE;
  }

  private boolean isBelow(int node, int entry, long rank) {
    return node != NONE && compare(node, entry, rank) < 0;
  }

  private int compare(int node, int entry, long rank) {
    int order = Long.compareUnsigned(rank(node), rank);
    return order != 0 ? order : entries.compareKeys(entry(node), entry);
  }

  private int compare(int node, byte[] key, long rank) {
    int order = Long.compareUnsigned(rank(node), rank);
    return order != 0 ? order : entries.compareKey(entry(node), key);
  }

  /** The first node whose key is not below the given one. */
  int from(byte[] key) {
    if (next(NONE) == NONE) {
      return NONE;
    }
    long rank = ranks.of(key, 0, key.length);
    int node = NONE;
    int after = NONE;
    for (int level = MAX_HEIGHT - 1; level >= 0; level--) {
      int next = next(node, level);
      while (next != after && next != NONE && compare(next, key, rank) < 0) {
        node = next;
        next = next(node, level);
      }
      after = next;
    }
    return after;
  }

  int next(int node) {
    return next(node, 0);
  }

  int entry(int node) {
    return (int) LINK.getAcquire(array(node), slot(node));
  }

  private int next(int node, int level) {
    return (int) LINK.getAcquire(array(node), slot(node) + LINKS + level);
  }

  private long rank(int node) {
    int[] array = array(node);
    int slot = slot(node) + RANK;
    return (long) array[slot] << 32 | array[slot + 1] & 0xFFFFFFFFL;
  }

  private int height() {
    int height = 1;
    for (int bits = random.nextInt(); height < MAX_HEIGHT && bits % BRANCHING == 0; bits >>>= 2) {
      height++;
    }
    return height;
  }

  private int room(int ints) {
    if ((free & ARRAY_INTS - 1) + ints > ARRAY_INTS || (free & ARRAY_INTS - 1) == 0) {
      int[][] grown = arrayCount == arrays.length ? Arrays.copyOf(arrays, arrayCount * 2) : arrays;
      grown[arrayCount] = new int[ARRAY_INTS];
      arrays = grown;
      free = arrayCount << ARRAY_BITS;
      arrayCount++;
    }
    int node = free;
    free += ints;
    return node;
  }

  private int[] array(int node) {
    return arrays[node >>> ARRAY_BITS];
  }

  private static int slot(int node) {
    return node & ARRAY_INTS - 1;
  }
}
