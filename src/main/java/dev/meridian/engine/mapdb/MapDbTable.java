package dev.meridian.engine.mapdb;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.engine.DamagedFileException;
import dev.meridian.engine.DamagedTableException;
import dev.meridian.engine.DocumentPrefix;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableClosedException;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A table's shelves with their index, its filter and its large values. Lock-free for any number of
 * readers.
 */
final class MapDbTable implements Table {

  /** Who has walked so many blocks is scanning, and is served ahead. */
  private static final int PREFETCHED = 128;

  private final TableFile file;
  private final Path filterPath;
  private final List<Shelf> shelves;
  private final BlockIndex index;
  private final BloomFilter filter;
  private final LargeValues values;

  MapDbTable(
      TableFile file,
      Path filterPath,
      List<Shelf> shelves,
      BlockIndex index,
      BloomFilter filter,
      LargeValues values) {
    this.file = file;
    this.filterPath = filterPath;
    this.shelves = shelves;
    this.index = index;
    this.filter = filter;
    this.values = values;
  }

  @Override
  public TableFile file() {
    return file;
  }

  @Override
  public boolean mayContain(DocumentPrefix prefix) {
    try {
      return filter.mightContain(prefix.hash());
    } catch (IllegalStateException unmapped) {
      throw closed(unmapped);
    } catch (IOException damaged) {
      throw damaged(new DamagedFileException(filterPath, -1, damaged.getMessage()));
    } catch (InternalError fault) {
      throw damaged(unreadable(fault));
    }
  }

  @Override
  public long touch(DocumentPrefix prefix) {
    try {
      return filter.touch(prefix.hash());
    } catch (IllegalStateException | InternalError unreadable) {
      return 0; // who reads it in earnest is told
    }
  }

  @Override
  public Optional<Change> first(DocumentPrefix prefix) {
    return mayContain(prefix) ? read(() -> find(prefix.bytes())) : Optional.empty();
  }

  private Optional<Change> find(byte[] prefix) throws DamagedFileException {
    if (shelves.isEmpty()) {
      return Optional.empty();
    }
    long number = blockOf(prefix);
    Block block = block(number, prefix);
    Block.Entries entries = block.entries();
    while (entries.advance()) {
      if (entries.compareKey(prefix) >= 0) {
        return entries.keyStartsWith(prefix)
            ? Optional.of(ChangeCodecV1.decodeStored(encoded(entries.copyOfValue())))
            : Optional.empty();
      }
    }
    if (!TableKey.startsWith(block.next(), prefix)) {
      return Optional.empty();
    }
    Block.Entries following = after(number, block).entries();
    following.advance();
    return following.keyStartsWith(prefix)
        ? Optional.of(ChangeCodecV1.decodeStored(encoded(following.copyOfValue())))
        : Optional.empty();
  }

  @Override
  public Iterator<Entry> from(byte[] key) {
    return shelves.isEmpty() ? List.<Entry>of().iterator() : new Entries(key);
  }

  private long blockOf(byte[] key) throws DamagedFileException {
    try {
      return index.blockOf(key);
    } catch (IndexOutOfBoundsException damaged) {
      throw new DamagedFileException(filterPath, -1, "the index beside it cannot be read");
    }
  }

  /** A block, and proof that a key belongs there. */
  private Block block(long number, byte[] key) throws DamagedFileException {
    Shelf shelf = shelfOf(number);
    Block block = shelf.block(number);
    if (!block.isFor(key)) {
      throw shelf.astray(number);
    }
    return block;
  }

  /** The block after another. */
  private Block after(long number, Block block) throws DamagedFileException {
    Shelf shelf = shelfOf(number + 1);
    Block next = shelf.block(number + 1);
    if (!next.follows(block)) {
      throw shelf.astray(number + 1);
    }
    return next;
  }

  private Shelf shelfOf(long number) {
    int at = shelves.size() - 1;
    while (at > 0 && shelves.get(at).firstBlock() > number) {
      at--;
    }
    return shelves.get(at);
  }

  private Bytes encoded(Bytes value) throws DamagedFileException {
    return LargeValues.isReference(value) ? values.read(value) : value;
  }

  @Override
  public void close() {
    values.close(); // first: what fails in the others is not damage from then on
    shelves.forEach(Shelf::close);
    index.close();
    filter.close();
  }

  private interface Reading<T> {
    T read() throws DamagedFileException;
  }

  private <T> T read(Reading<T> reading) {
    try {
      return reading.read();
    } catch (DamagedFileException damaged) {
      throw damaged(damaged);
    } catch (IllegalStateException unmapped) {
      throw closed(unmapped);
    } catch (InternalError fault) {
      throw damaged(unreadable(fault));
    }
  }

  /** The platform's word for a mapped page that cannot be had. */
  private DamagedFileException unreadable(InternalError fault) {
    return new DamagedFileException(
        filterPath.resolveSibling(file.name()),
        -1,
        "one of its files was cut, or the disk cannot read it: " + fault.getMessage());
  }

  private RuntimeException damaged(DamagedFileException damaged) {
    return isOpen()
        ? new DamagedTableException(file.name(), damaged)
        : new TableClosedException(file.name());
  }

  private RuntimeException closed(IllegalStateException unmapped) {
    return isOpen() ? unmapped : new TableClosedException(file.name());
  }

  private boolean isOpen() {
    return values.isOpen();
  }

  /** Walks from block to block. One thread. */
  private final class Entries implements Iterator<Entry> {
    private long number;
    private long walked;
    private Block block;
    private Block.Entries entries;
    private Optional<Entry> next;

    Entries(byte[] from) {
      number = read(() -> blockOf(from));
      block = read(() -> block(number, from));
      entries = block.entries();
      next = read(this::advance);
      while (next.isPresent() && TableKey.ORDER.compare(next.get().key(), from) < 0) {
        next = read(this::advance);
      }
    }

    @Override
    public boolean hasNext() {
      return next.isPresent();
    }

    @Override
    public Entry next() {
      Entry result = next.orElseThrow(NoSuchElementException::new);
      next = read(this::advance);
      return result;
    }

    private Optional<Entry> advance() throws DamagedFileException {
      if (!entries.advance()) {
        if (block.next().length == 0) {
          return Optional.empty();
        }
        block = after(number, block);
        number++;
        walked++;
        if (walked % PREFETCHED == 0) {
          shelfOf(number).prefetch(number, 2L * PREFETCHED);
        }
        entries = block.entries();
        entries.advance();
      }
      return Optional.of(new Entry(entries.key(), encoded(entries.value())));
    }
  }
}
