package dev.meridian.engine.mapdb;

import dev.meridian.bench.OrderChanges;
import dev.meridian.bench.ShortRun;
import dev.meridian.bench.storage.Corpus;
import dev.meridian.document.Change;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.DocumentPrefix;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableKey;
import dev.meridian.engine.TableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** A table of 100,000 documents of 300 bytes, in memory as far as the system keeps it there. */
public class TableBenchmark extends ShortRun {

  private static final int ENTRIES = 100_000;

  private final Corpus corpus = new Corpus(ENTRIES, 300);
  private final DocumentPrefix[] present = new DocumentPrefix[ENTRIES];
  private final DocumentPrefix[] absent = new DocumentPrefix[ENTRIES];
  private final Table.Entry[] entries = new Table.Entry[ENTRIES];
  private Path directory;
  private MapDbTableStore store;
  private Table table;
  private int next;
  private int written;

  @Setup
  public void make() throws IOException {
    directory = Files.createTempDirectory("meridian-bench");
    // Not at tear-down, which Ctrl-C leaves out.
    Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
    store = new MapDbTableStore(directory);
    LongStream.range(0, ENTRIES)
        .forEach(
            number -> {
              Change change = OrderChanges.change(corpus, number);
              entries[(int) number] = Table.Entry.of(change);
            });
    for (int i = 0; i < ENTRIES; i++) {
      present[i] = prefix(corpus.id(corpus.number(i)));
      absent[i] = prefix(corpus.absentId(corpus.number(i)));
    }
    table =
        store.open(
            store.write("read", TableStore.Packing.SMALL, ENTRIES, Stream.of(entries).iterator()));
  }

  private static DocumentPrefix prefix(String id) {
    return new DocumentPrefix(
        TableKey.prefix(TableKey.DOCUMENTS, OrderChanges.COLLECTION, new DocumentId(id)));
  }

  @Benchmark
  public Optional<Change> hit() {
    next = (next + 1) % ENTRIES;
    return table.first(present[next]);
  }

  @Benchmark
  public Optional<Change> miss() {
    next = (next + 1) % ENTRIES;
    return table.first(absent[next]);
  }

  /** Per entry. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public void scan(Blackhole hole) {
    for (Iterator<Table.Entry> all = table.from(new byte[0]); all.hasNext(); ) {
      hole.consume(all.next());
    }
  }

  /** Per entry, forced to disk. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public TableFile write() throws IOException {
    String name = "written" + written++;
    TableFile file =
        store.write(name, TableStore.Packing.SMALL, ENTRIES, Stream.of(entries).iterator());
    store.delete(name);
    return file;
  }

  private void remove() {
    table.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException left) {
      System.err.println("left behind: " + directory);
    }
  }
}
