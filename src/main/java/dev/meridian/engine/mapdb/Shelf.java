package dev.meridian.engine.mapdb;

import dev.meridian.engine.DamagedFileException;
import dev.meridian.engine.TableKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.volume.FileChannelVol;
import org.mapdb.volume.Volume;

/**
 * One MapDB file of a table: the first key of each block to the block. MapDB computes offsets
 * within a file in 32 bits, so a large table has several.
 */
final class Shelf implements AutoCloseable {

  private final MappedFile file;
  private final SortedTableMap<byte[], byte[]> map;
  private final byte[] firstKey;

  /** Opens a file that {@link Writer} made. */
  Shelf(Path path) throws IOException {
    file = new MappedFile(path);
    try {
      map =
          SortedTableMap.Companion.open(
              new MappedVolume(file), Serializer.BYTE_ARRAY_DELTA2, Serializer.BYTE_ARRAY);
      firstKey = map.firstKey();
    } catch (RuntimeException | AssertionError unreadable) {
      file.close();
      throw new DamagedFileException(path, -1, "its index cannot be read: " + unreadable);
    }
  }

  byte[] firstKey() {
    return firstKey;
  }

  boolean isOpen() {
    return file.isOpen();
  }

  /** The block in whose range a key lies, which is not below the first key. */
  Block blockOf(byte[] key) throws DamagedFileException {
    Block block = read(() -> Optional.ofNullable(map.floorEntry(key)).map(Map.Entry::getValue));
    if (!block.isFor(key)) {
      throw new DamagedFileException(file.path(), -1, "its index leads to a wrong block");
    }
    return block;
  }

  /** The block that begins with a key. */
  Block blockAt(byte[] key) throws DamagedFileException {
    Block block = read(() -> Optional.ofNullable(map.get(key)));
    if (TableKey.ORDER.compare(block.firstKey(), key) != 0) {
      throw new DamagedFileException(file.path(), -1, "its index leads to a wrong block");
    }
    return block;
  }

  private interface Lookup {
    Optional<byte[]> find();
  }

  private Block read(Lookup lookup) throws DamagedFileException {
    Optional<byte[]> stored;
    try {
      stored = lookup.find();
    } catch (RuntimeException | AssertionError unreadable) {
      throw new DamagedFileException(file.path(), -1, "its index cannot be read: " + unreadable);
    }
    if (stored.isEmpty()) {
      throw new DamagedFileException(file.path(), -1, "its index lacks a block");
    }
    try {
      return Block.read(stored.get());
    } catch (IOException damaged) {
      throw new DamagedFileException(file.path(), -1, damaged.getMessage());
    }
  }

  @Override
  public void close() {
    file.close();
  }

  /** Writes one file; blocks come in key order. One thread. */
  static final class Writer implements AutoCloseable {

    /** Blocks differ in length and are found by binary search: one each costs least. */
    private static final int NODE_SIZE = 1;

    private final Volume volume;
    private final SortedTableMap.Sink<byte[], byte[]> sink;
    private long bytes;

    Writer(Path path) {
      volume = FileChannelVol.FACTORY.makeVolume(path.toString(), false);
      sink =
          SortedTableMap.Companion.create(
                  volume, Serializer.BYTE_ARRAY_DELTA2, Serializer.BYTE_ARRAY)
              .pageSize(MapDbTableStore.PAGE_BYTES)
              .nodeSize(NODE_SIZE)
              .createFromSink();
    }

    void add(byte[] firstKey, byte[] block) {
      sink.put(firstKey, block);
      bytes += firstKey.length + block.length;
    }

    long bytes() {
      return bytes;
    }

    void finish() {
      sink.create();
    }

    @Override
    public void close() {
      volume.close();
    }
  }
}
