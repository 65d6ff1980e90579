package dev.meridian.engine;

import dev.meridian.clock.Lsn;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.wal.LogDamagedException;
import dev.meridian.wal.LogReader;
import dev.meridian.wal.LogRecord;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Makes a table again from the part of the log that it stands for. The result may be several
 * tables, each as large as a memtable, and may hold versions that merging had dropped already.
 */
final class TableRebuild {

  private static final System.Logger LOG = System.getLogger(TableRebuild.class.getName());

  private final WriteAheadLog log;
  private final TableStore store;
  private final long memtableBytes;
  private final LongConsumer progress;
  private final TableCatalog catalog;

  /**
   * @param progress gets the LSN that was read last
   */
  TableRebuild(
      WriteAheadLog log,
      TableStore store,
      long memtableBytes,
      TableCatalog catalog,
      LongConsumer progress) {
    this.log = log;
    this.store = store;
    this.memtableBytes = memtableBytes;
    this.catalog = catalog;
    this.progress = progress;
  }

  /** The tables that take a damaged one's place; empty when the log does not have its changes. */
  Optional<List<TableFile>> rebuild(TableFile damaged) throws IOException {
    TableFile.LogRange range = damaged.log();
    if (!range.isKnown()) {
      return Optional.empty();
    }
    List<TableFile> fresh = new ArrayList<>();
    Lsn from = range.first();
    Memtable memtable = new Memtable();
    try (LogReader reader = log.reader(from)) {
      Lsn last = Lsn.NONE;
      while (last.compareTo(range.last()) < 0) {
        Optional<LogRecord> record = reader.next();
        if (record.isEmpty()) {
          throw new IllegalArgumentException("it ends at " + last + ", before " + range.last());
        }
        last = record.get().lsn();
        put(memtable, LoggedChange.change(record.get()));
        put(memtable, LoggedChange.derived(record.get()));
        if (memtable.bytes() >= memtableBytes || last.equals(range.last())) {
          fresh.add(write(memtable, new TableFile.LogRange(from, last)));
          memtable = new Memtable();
          from = last.next();
          progress.accept(last.value());
        }
      }
    } catch (LogDamagedException | IllegalArgumentException unreadable) {
      abandon(fresh);
      LOG.log(
          System.Logger.Level.ERROR,
          "event=rebuild-failed table={0} the log cannot give what was in it: {1}",
          damaged.name(),
          unreadable.getMessage());
      return Optional.empty();
    } catch (IOException noRoom) {
      abandon(fresh);
      throw noRoom;
    }
    return Optional.of(fresh);
  }

  private static void put(Memtable memtable, Optional<Bytes> encoded) {
    if (encoded.isPresent()) {
      memtable.put(ChangeCodecV1.decodeStored(encoded.get())); // which copies
      memtable.settle();
    }
  }

  private void abandon(List<TableFile> fresh) {
    fresh.forEach(file -> catalog.abandon(file.name()));
  }

  private TableFile write(Memtable memtable, TableFile.LogRange range) throws IOException {
    String name = catalog.nextName();
    try {
      return store
          .write(name, TableStore.Packing.SMALL, memtable.size(), memtable.from(new byte[0]))
          .covering(range);
    } catch (IOException | RuntimeException | Error failed) {
      catalog.abandon(name);
      throw failed;
    }
  }
}
