package dev.meridian.engine.mapdb;

import dev.meridian.engine.DamagedFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.volume.Volume;

/**
 * One MapDB file of a table: the numbers of blocks to the blocks. MapDB computes offsets within a
 * file in 32 bits, so a large table has several.
 */
final class Shelf implements AutoCloseable {

  private final MappedFile file;
  private final SortedTableMap<Long, byte[]> map;
  private final long firstBlock;
  private final long blocks;

  /** Opens a file that {@link Writer} made. */
  Shelf(Path path) throws IOException {
    file = new MappedFile(path);
    PageAdvice.random(file.bytes());
    try {
      map =
          SortedTableMap.Companion.open(
              new MappedVolume(file), Serializer.LONG, Serializer.BYTE_ARRAY);
      firstBlock = map.firstKey();
      blocks = map.sizeLong();
    } catch (RuntimeException | AssertionError | InternalError unreadable) {
      file.close();
      throw new DamagedFileException(path, -1, "its index cannot be read: " + unreadable);
    }
  }

  /** The number of its first block. */
  long firstBlock() {
    return firstBlock;
  }

  Block block(long number) throws DamagedFileException {
    byte[] stored;
    try {
      stored = map.get(number);
    } catch (RuntimeException | AssertionError unreadable) {
      throw new DamagedFileException(file.path(), -1, "its index cannot be read: " + unreadable);
    }
    if (stored == null) {
      throw new DamagedFileException(file.path(), -1, "its index lacks block " + number);
    }
    try {
      return Block.read(stored);
    } catch (IOException damaged) {
      throw new DamagedFileException(
          file.path(), -1, "block " + number + ": " + damaged.getMessage());
    }
  }

  /** Has about so many blocks read ahead. */
  void prefetch(long number, long count) {
    long bytesPerBlock = file.bytes().byteSize() / Math.max(1, blocks) + 1;
    PageAdvice.willNeed(file.bytes(), (number - firstBlock) * bytesPerBlock, count * bytesPerBlock);
  }

  DamagedFileException astray(long number) {
    return new DamagedFileException(
        file.path(), -1, "block " + number + " is not the one that was looked for");
  }

  @Override
  public void close() {
    file.close();
  }

  /** Writes one file; blocks come in order. One thread. */
  static final class Writer implements AutoCloseable {

    /** Blocks differ in length and are found by binary search: one each costs least. */
    private static final int NODE_SIZE = 1;

    private final Volume volume;
    private final SortedTableMap.Sink<Long, byte[]> sink;
    private long bytes;

    Writer(Path path) throws IOException {
      volume = new WrittenVolume(path);
      sink =
          SortedTableMap.Companion.create(volume, Serializer.LONG, Serializer.BYTE_ARRAY)
              .pageSize(MapDbTableStore.PAGE_BYTES)
              .nodeSize(NODE_SIZE)
              .createFromSink();
    }

    void add(long number, byte[] block) throws IOException {
      try {
        sink.put(number, block);
      } catch (UncheckedIOException failed) {
        throw failed.getCause();
      }
      bytes += block.length;
    }

    long bytes() {
      return bytes;
    }

    void finish() throws IOException {
      try {
        sink.create();
      } catch (UncheckedIOException failed) {
        throw failed.getCause();
      }
    }

    @Override
    public void close() {
      volume.close();
    }
  }
}
