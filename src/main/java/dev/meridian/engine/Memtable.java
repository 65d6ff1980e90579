package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The changes that are in the log but in no table yet, sorted. One thread writes, any thread reads.
 * Whatever is in it lies in large arrays, so that its size is no work for the garbage collector.
 */
final class Memtable {

  /** What an entry costs on the heap besides its key and change, about. */
  private static final int ENTRY_OVERHEAD_BYTES = 40;

  private static final int FEWEST_SLOTS = 1024;

  /** So many keys tell what those to come will share. */
  private static final int TELLING_KEYS = 16;

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

  private final EntryArena entries = new EntryArena();
  private final SkipList sorted = new SkipList(entries);

  /**
   * The newest version of each document, so that reads of one need no search: a hash table with
   * linear probing. A slot is 32 bits of the prefix's hash, then the entry's position; 0 is free.
   */
  private volatile long[] newest = new long[FEWEST_SLOTS];

  private int documents;
  private KeyRank ranks = KeyRank.NONE;
  private final List<Integer> unsorted = new ArrayList<>();

  /** Whose the last of the unsorted are that nobody finds yet. */
  private final List<DocumentPrefix> unindexed = new ArrayList<>();

  private volatile HlcTimestamp latest = HlcTimestamp.ZERO;
  private volatile long bytes;
  private volatile int size;

  /**
   * @param document null for one that is found already
   */
  private record Ranked(
      long rank, int entry, @org.jspecify.annotations.Nullable DocumentPrefix document) {}

  /**
   * Nobody finds it before {@link #settle}: whoever knew of a version that a walk does not meet
   * would take what it did for done. A version that is there already is replaced. Writer only.
   */
  void put(Change change) {
    put(change, new DocumentPrefix(change));
  }

  /** The same for one who has the prefix of its document. */
  void put(Change change, DocumentPrefix prefix) {
    int entry = entries.append(prefix.bytes(), change);
    latest = HlcTimestamp.max(latest, change.hlc());
    unsorted.add(entry);
    unindexed.add(prefix);
  }

  /**
   * Lets reads of one document find what came since the last call; for one who is alone and does
   * not walk. Writer only.
   */
  void index() {
    index(prefix -> true);
    unindexed.clear();
  }

  private void indexStandings() {
    index(prefix -> prefix.bytes()[0] == TableKey.HEADS);
  }

  private void index(Predicate<DocumentPrefix> wanted) {
    int first = unsorted.size() - unindexed.size();
    for (int i = 0; i < unindexed.size(); i++) {
      DocumentPrefix prefix = unindexed.get(i);
      if (wanted.test(prefix)) {
        index(prefix.hash(), prefix.bytes(), unsorted.get(first + i));
      }
    }
  }

  /**
   * Puts what came since the last call in its place, in key order: in a large batch each is then
   * near the one before. Of one document older versions come first: who meets a version meets all
   * it has seen. Then reads of one document find it too. Only how a document's versions stand is
   * found before: who meets one of them has to be told. Writer only.
   */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
  void settle() {
    int count = unsorted.size();
    if (count == 0) {
      return;
    }
    if (size == 0) {
      ranks = commonRank();
      sorted.rankBy(ranks);
    }
    indexStandings();
    Ranked[] batch = new Ranked[count];
    int first = count - unindexed.size();
    for (int i = 0; i < count; i++) {
      int entry = unsorted.get(i);
      DocumentPrefix document = i < first ? null : unindexed.get(i - first);
      batch[i] = new Ranked(entries.rank(entry, ranks), entry, document);
    }
    Arrays.sort(batch, this::compare);
    oldestFirst(batch);
    for (Ranked each : batch) {
      if (sorted.insert(each.entry(), each.rank())) {
        bytes += entries.length(each.entry()) + ENTRY_OVERHEAD_BYTES;
        size++;
      }
    }
    index();
    unsorted.clear();
  }

  /** Among versions of one document; of two copies of one the later one stays the later one. */
  private void oldestFirst(Ranked[] batch) {
    for (int from = 0; from < batch.length; ) {
      DocumentPrefix document = batch[from].document();
      int to = from + 1;
      while (to < batch.length && document != null && document.equals(batch[to].document())) {
        to++;
      }
      if (to - from > 1) {
        Arrays.sort(batch, from, to, (a, b) -> compare(b, a));
      }
      from = to;
    }
  }

  private int compare(Ranked a, Ranked b) {
    int order = Long.compareUnsigned(a.rank(), b.rank());
    return order != 0 ? order : entries.compareKeys(a.entry(), b.entry());
  }

  /** By what tells the keys of the first batch apart; later ones are mostly like them. */
  private KeyRank commonRank() {
    int first = unsorted.getFirst();
    byte[] key = entries.key(first);
    int shared = key.length;
    for (int entry : unsorted) {
      shared = Math.min(shared, entries.sharedPrefix(first, entry));
    }
    boolean telling = unsorted.size() >= TELLING_KEYS;
    return new KeyRank(
        Arrays.copyOf(
            key, telling ? shared : Math.min(shared, TableKey.collectionPrefixLength(key))));
  }

  private void index(long hash, byte[] prefix, int entry) {
    long[] slots = newest;
    int at = find(slots, hash, prefix);
    long known = slots[at];
    if (known == 0) {
      documents++;
      if (documents * 2 > slots.length) {
        slots = grown(slots);
        newest = slots;
        at = find(slots, hash, prefix);
      }
    } else if (entries.compareKeys(entry, (int) known) > 0) {
      return; // it came late: versions are sorted newest first
    }
    SLOT.setRelease(slots, at, hash >>> 32 << 32 | entry);
  }

  /** Where a document stands or would stand. */
  private int find(long[] slots, long hash, byte[] prefix) {
    int mask = slots.length - 1;
    int at = home(hash) & mask;
    while (true) {
      long slot = (long) SLOT.getAcquire(slots, at);
      if (slot == 0 || slot >>> 32 == hash >>> 32 && entries.isOf((int) slot, prefix)) {
        return at;
      }
      at = at + 1 & mask;
    }
  }

  private static int home(long hash) {
    return (int) (hash >>> 32);
  }

  private static long[] grown(long[] slots) {
    long[] result = new long[slots.length * 2];
    int mask = result.length - 1;
    for (long slot : slots) {
      if (slot != 0) {
        int at = home(slot) & mask;
        while (result[at] != 0) {
          at = at + 1 & mask;
        }
        result[at] = slot;
      }
    }
    return result;
  }

  /** Brings near what {@link #newest} reads first; returns something of it. */
  long touch(DocumentPrefix prefix) {
    long[] slots = newest;
    return slots[home(prefix.hash()) & slots.length - 1];
  }

  /** The newest version of a document. */
  Optional<Change> newest(DocumentPrefix prefix) {
    long[] slots = newest;
    long slot = (long) SLOT.getAcquire(slots, find(slots, prefix.hash(), prefix.bytes()));
    return slot == 0
        ? Optional.empty()
        : Optional.of(ChangeCodecV1.decodeStored(entries.encoded((int) slot)));
  }

  Iterator<Table.Entry> from(byte[] key) {
    int first = sorted.from(key);
    return new Iterator<>() {
      private int node = first;

      @Override
      public boolean hasNext() {
        return node != SkipList.NONE;
      }

      @Override
      public Table.Entry next() {
        if (node == SkipList.NONE) {
          throw new NoSuchElementException();
        }
        int entry = sorted.entry(node);
        node = sorted.next(node);
        return new Table.Entry(entries.key(entry), entries.encoded(entry));
      }
    };
  }

  /** The highest timestamp in it. */
  HlcTimestamp latest() {
    return latest;
  }

  /** An estimate of the heap it takes. */
  long bytes() {
    return bytes;
  }

  /** How many versions it holds. */
  int size() {
    return size;
  }
}
