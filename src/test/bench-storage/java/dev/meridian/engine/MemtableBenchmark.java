package dev.meridian.engine;

import dev.meridian.bench.OrderChanges;
import dev.meridian.bench.ShortRun;
import dev.meridian.bench.storage.Corpus;
import dev.meridian.document.Change;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** A memtable of about the size at which it is written out. */
public class MemtableBenchmark extends ShortRun {

  private static final int ENTRIES = 100_000;

  private final Change[] changes = new Change[ENTRIES];
  private final byte[][] prefixes = new byte[ENTRIES][];
  private Memtable filled;
  private int next;

  @Setup
  public void make() {
    Corpus corpus = new Corpus(ENTRIES, 300);
    for (int i = 0; i < ENTRIES; i++) {
      changes[i] = OrderChanges.change(corpus, corpus.number(i));
      prefixes[i] = TableKey.prefix(TableKey.DOCUMENTS, OrderChanges.COLLECTION, changes[i].id());
    }
    filled = put();
  }

  /** Ids in random order into an empty one; per entry. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public Memtable put() {
    Memtable memtable = new Memtable();
    for (Change change : changes) {
      memtable.put(change);
      memtable.settle();
    }
    return memtable;
  }

  @Benchmark
  public Optional<Change> get() {
    next = (next + 7919) % ENTRIES;
    return filled.newest(new DocumentPrefix(prefixes[next]));
  }
}
