package dev.meridian.engine;

import dev.meridian.clock.Lsn;
import dev.meridian.wal.DiskLogDirectory;
import dev.meridian.wal.LogCheck;
import dev.meridian.wal.LogDamagedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Verifies a data directory that no node has open: manifest, tables, log, and that the log has what
 * the tables lack. Changes nothing. One thread.
 */
public final class DataDirectoryCheck {

  private static final String MENDED =
      "Start the node: it makes this file again from its log. Check the disk.";
  private static final String FROM_PEERS =
      "Start the node while its peers are up: they fill the gap, and no new write is made before."
          + " Without peers, restore a backup.";
  private static final String HARMLESS_HERE =
      "The tables hold these changes; this region needs nothing. Peers that lack them get them from"
          + " another region. Check the disk.";
  private static final String MOVE_AWAY =
      "Move the data directory away and start the node empty: it copies everything back from its"
          + " peers. Without peers, restore a backup.";

  private final Path directory;
  private final TableStore store;
  private final Consumer<String> progress;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param offset in the file; -1 when it cannot be told
   * @param what is wrong
   * @param advice what to do
   */
  public record Finding(String file, long offset, String what, String advice) {}

  /**
   * @param table of the tables named by the manifest; newest last
   */
  public record Report(
      int tables,
      long versions,
      long tableBytes,
      int segments,
      long logBytes,
      Lsn checkpoint,
      Lsn lastLsn,
      boolean torn,
      List<Finding> findings) {

    public Report {
      findings = List.copyOf(findings);
    }
  }

  /**
   * @param store of the directory's tables
   * @param progress gets what is being looked at
   */
  public DataDirectoryCheck(Path directory, TableStore store, Consumer<String> progress) {
    this.directory = directory;
    this.store = store;
    this.progress = progress;
  }

  /**
   * Looks at everything.
   *
   * @throws IOException when it cannot be looked at: no data directory, or a node has it open
   */
  public Report run() throws IOException {
    if (!Files.isDirectory(directory.resolve("wal"))) {
      throw new IOException(directory + " is no data directory: it has no log in 'wal'");
    }
    DirectoryLock lock = DirectoryLock.acquireToRead(directory);
    try {
      return check();
    } finally {
      lock.close();
    }
  }

  private Report check() throws IOException {
    Optional<Manifest> manifest = manifest();
    List<TableFile> tables = manifest.map(Manifest::tables).orElse(List.of());
    long versions = 0;
    for (TableFile table : tables) {
      progress.accept("table " + table.name());
      table(table);
      versions += table.entries();
    }
    progress.accept("log");
    Lsn checkpoint = manifest.map(Manifest::checkpoint).orElse(Lsn.NONE);
    LogCheck.Report log = log(checkpoint);
    return new Report(
        tables.size(),
        versions,
        tables.stream().mapToLong(TableFile::bytes).sum(),
        log.segments(),
        log.bytes(),
        checkpoint,
        log.last(),
        log.torn(),
        findings);
  }

  private Optional<Manifest> manifest() throws IOException {
    progress.accept("manifest");
    Optional<Manifest> main = read(ManifestFile.NAME);
    Optional<Manifest> copy = read(ManifestFile.COPY);
    if (main.isEmpty() && copy.isEmpty()) {
      add(directory.resolve(ManifestFile.NAME), -1, "neither manifest can be used", MOVE_AWAY);
    }
    return main.or(() -> copy);
  }

  private Optional<Manifest> read(String name) throws IOException {
    Path file = directory.resolve(name);
    try {
      return Optional.of(ManifestFile.read(file));
    } catch (NewerFormatException newer) {
      throw ManifestFile.newer(file, newer);
    } catch (IOException | IllegalArgumentException damaged) {
      add(file, -1, damaged.getMessage(), MENDED);
      return Optional.empty();
    }
  }

  private void table(TableFile file) throws IOException {
    try {
      store.verify(file, bytes -> {});
      try (Table table = store.open(file)) {
        contents(table);
      }
    } catch (DamagedFileException damage) {
      findings.add(new Finding(damage.file(), damage.offset(), damage.getMessage(), MENDED));
    } catch (DamagedTableException damage) {
      DamagedFileException cause = damage.getCause();
      findings.add(new Finding(cause.file(), cause.offset(), cause.getMessage(), MENDED));
    }
  }

  /** Checksums prove that bytes are as written; this, that what was written makes sense. */
  private void contents(Table table) {
    long count = 0;
    byte[] before = {};
    for (Iterator<Table.Entry> entries = table.from(new byte[0]); entries.hasNext(); ) {
      Table.Entry entry = entries.next();
      byte[] key = entry.key();
      if (TableKey.ORDER.compare(before, key) >= 0) {
        wrong(table, "version " + count + " is not in key order");
        return;
      }
      if (!Arrays.equals(key, TableKey.of(entry.change()))) {
        wrong(table, "version " + count + " is under another's key");
        return;
      }
      byte[] document = Arrays.copyOf(key, TableKey.documentPrefixLength(key));
      DocumentPrefix prefix = new DocumentPrefix(document);
      if (!table.mayContain(prefix)) {
        wrong(table, "its filter denies version " + count);
        return;
      }
      before = key;
      count++;
    }
    if (count != table.file().entries()) {
      wrong(table, "it has " + count + " versions instead of " + table.file().entries());
    }
  }

  private void wrong(Table table, String what) {
    findings.add(new Finding(table.file().name(), -1, what, MENDED));
  }

  private LogCheck.Report log(Lsn checkpoint) throws IOException {
    try {
      LogCheck.Report report =
          LogCheck.check(
              DiskLogDirectory.toRead(directory.resolve("wal")),
              record -> {},
              (damage, first, last) -> {
                boolean covered = last.compareTo(checkpoint) <= 0;
                add(
                    Path.of(damage.file()),
                    damage.offset(),
                    "records " + first + " to " + last + " cannot be read",
                    covered ? HARMLESS_HERE : FROM_PEERS);
              });
      if (report.last().compareTo(checkpoint) < 0) {
        add(
            directory.resolve("wal"),
            -1,
            "the log ends at " + report.last() + ", the tables at " + checkpoint,
            MOVE_AWAY);
      }
      return report;
    } catch (LogDamagedException damage) {
      add(Path.of(damage.file()), damage.offset(), damage.getMessage(), MOVE_AWAY);
      return new LogCheck.Report(0, 0, Lsn.NONE, Lsn.NONE, false);
    }
  }

  private void add(Path file, long offset, String what, String advice) {
    findings.add(new Finding(directory.relativize(file).toString(), offset, what, advice));
  }
}
