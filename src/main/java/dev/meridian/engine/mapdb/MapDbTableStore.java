package dev.meridian.engine.mapdb;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.engine.DamagedFileException;
import dev.meridian.engine.DocumentPrefix;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableFile.LogRange;
import dev.meridian.engine.TableFile.Part;
import dev.meridian.engine.TableKey;
import dev.meridian.engine.TableStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Keeps tables as MapDB files in one directory. */
public final class MapDbTableStore implements TableStore {

  /** Larger changes go beside the blocks, so that scans of small ones do not drag them along. */
  public static final int INLINE_MAX_BYTES = 16 * 1024;

  static final String SHELF = ".table";
  static final String VALUES = ".values";
  static final String FILTER = ".filter";
  static final String KEYS = ".keys";
  static final String ENDS = ".ends";

  private static final List<String> SUFFIXES = List.of(SHELF, VALUES, FILTER, KEYS, ENDS);

  static final int PAGE_BYTES = 1 << 20;

  /** A block is closed at this size; compression and checksum cover one block. */
  private static final int BLOCK_BYTES = 4 * 1024;

  private static final long SHELF_BYTES = 512L << 20;

  private final Path directory;

  /** Creates the directory if it is missing. */
  public MapDbTableStore(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  @Override
  public TableFile write(
      String name, Packing packing, long expectedEntries, Iterator<Table.Entry> entries)
      throws IOException {
    delete(name);
    try (Writing writing = new Writing(name, packing == Packing.SMALL, expectedEntries)) {
      while (entries.hasNext()) {
        writing.add(entries.next());
      }
      return writing.finish();
    }
  }

  @Override
  public Table open(TableFile file) throws IOException {
    for (Part part : file.parts()) {
      Path path = directory.resolve(part.name());
      checkSize(path, part);
      if (Files.getLastModifiedTime(path).toMillis() != part.modifiedMillis()) {
        verify(path, part, bytes -> {});
      }
    }
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      BloomFilter filter = new BloomFilter(mapped(file.name() + FILTER));
      opened.add(filter);
      LargeValues values = new LargeValues(mapped(file.name() + VALUES));
      opened.add(values);
      BlockIndex index = new BlockIndex(mapped(file.name() + KEYS), mapped(file.name() + ENDS));
      opened.add(index);
      List<Shelf> shelves = new ArrayList<>();
      for (Part part : file.parts()) {
        if (part.name().endsWith(SHELF)) {
          Shelf shelf = new Shelf(directory.resolve(part.name()));
          opened.add(shelf);
          shelves.add(shelf);
        }
      }
      return new MapDbTable(
          file,
          directory.resolve(file.name() + FILTER),
          List.copyOf(shelves),
          index,
          filter,
          values);
    } catch (IOException | RuntimeException failed) {
      closeAll(opened);
      throw failed;
    }
  }

  @Override
  public void verify(TableFile file, LongConsumer progress) throws IOException {
    for (Part part : file.parts()) {
      Path path = directory.resolve(part.name());
      checkSize(path, part);
      verify(path, part, progress);
    }
  }

  @Override
  public boolean isEmpty() throws IOException {
    return files().isEmpty();
  }

  @Override
  public void delete(String name) throws IOException {
    for (Path file : files()) {
      if (tableName(file).equals(name)) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void keepOnly(Set<String> names) throws IOException {
    for (Path file : files()) {
      if (!names.contains(tableName(file))) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Those of tables: the directory may hold others, as of the file system's own. */
  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(MapDbTableStore::isOfATable).toList();
    }
  }

  private static boolean isOfATable(Path file) {
    String name = file.getFileName().toString();
    return SUFFIXES.stream().anyMatch(name::endsWith) && !Files.isDirectory(file);
  }

  /** Up to the first dot. */
  private static String tableName(Path file) {
    String name = file.getFileName().toString();
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private MappedFile mapped(String name) throws IOException {
    return new MappedFile(directory.resolve(name));
  }

  private static void closeAll(List<AutoCloseable> opened) {
    for (AutoCloseable each : opened) {
      try {
        each.close();
      } catch (Exception ignored) {
        // the failure that led here is the one to tell
      }
    }
  }

  private static void checkSize(Path path, Part part) throws IOException {
    if (!Files.exists(path)) {
      throw new DamagedFileException(path, -1, "it is missing");
    }
    long bytes = Files.size(path);
    if (bytes != part.bytes()) {
      throw new DamagedFileException(
          path,
          Math.min(bytes, part.bytes()),
          "it has " + bytes + " bytes instead of " + part.bytes());
    }
  }

  private static void verify(Path path, Part part, LongConsumer progress) throws IOException {
    List<Integer> found = checksums(path, progress);
    for (int i = 0; i < found.size(); i++) {
      if (!found.get(i).equals(part.crcs().get(i))) {
        throw new DamagedFileException(
            path,
            (long) i * Part.CHUNK_BYTES,
            "the checksum of the next " + Part.CHUNK_BYTES + " bytes differs");
      }
    }
  }

  private static List<Integer> checksums(Path path, LongConsumer progress) throws IOException {
    List<Integer> crcs = new ArrayList<>();
    ByteBuffer chunk = ByteBuffer.allocate(Part.CHUNK_BYTES);
    try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
      boolean end = false;
      while (!end) {
        chunk.clear();
        while (chunk.hasRemaining() && !end) {
          end = read(in, path, chunk) < 0;
        }
        chunk.flip();
        if (chunk.hasRemaining()) {
          progress.accept(chunk.remaining());
          CRC32C crc = new CRC32C();
          crc.update(chunk);
          crcs.add((int) crc.getValue());
        }
      }
    }
    return crcs;
  }

  /** A sector that the disk cannot read is the commonest damage of all. */
  private static int read(FileChannel in, Path path, ByteBuffer chunk) throws IOException {
    try {
      return in.read(chunk);
    } catch (IOException unreadable) {
      throw new DamagedFileException(
          path, in.position(), "the disk cannot read it: " + unreadable.getMessage());
    }
  }

  /** One table being written. One thread. */
  private final class Writing implements AutoCloseable {
    private final String name;
    private final BloomFilter.Builder filter;
    private final LargeValues.Writer values;
    private final BlockIndex.Writer index;
    private final List<String> shelves = new ArrayList<>();
    private final Block.Builder block;
    private Shelf.Writer shelf;
    private long blocks;
    private long count;
    private long rawBytes;
    private long lastHash;
    private boolean closed;
    private HlcTimestamp latest = HlcTimestamp.ZERO;

    Writing(String name, boolean compress, long expectedEntries) throws IOException {
      this.name = name;
      this.block = new Block.Builder(compress);
      this.values = new LargeValues.Writer(directory.resolve(name + VALUES), compress);
      this.index =
          new BlockIndex.Writer(directory.resolve(name + KEYS), directory.resolve(name + ENDS));
      this.shelf = nextShelf();
      this.filter = new BloomFilter.Builder(expectedEntries);
    }

    private Shelf.Writer nextShelf() throws IOException {
      String file = name + "." + shelves.size() + SHELF;
      shelves.add(file);
      return new Shelf.Writer(directory.resolve(file));
    }

    void add(Table.Entry entry) throws IOException {
      Bytes encoded = entry.encoded();
      byte[] key = entry.key();
      if (block.size() >= BLOCK_BYTES) {
        closeBlock(separator(block.lastKey(), key));
      }
      block.add(key, encoded.length() > INLINE_MAX_BYTES ? values.add(encoded) : encoded);
      int prefixLength = TableKey.documentPrefixLength(key);
      long hash = DocumentPrefix.hash(key, prefixLength);
      if (count == 0 || hash != lastHash) {
        filter.add(hash); // else another version of the same document
        lastHash = hash;
      }
      latest = HlcTimestamp.max(latest, TableKey.hlc(key, prefixLength));
      rawBytes += key.length + encoded.length();
      count++;
    }

    private void closeBlock(byte[] next) throws IOException {
      index.add(block.from());
      shelf.add(blocks, block.build(next));
      blocks++;
      if (shelf.bytes() >= SHELF_BYTES && next.length > 0) {
        shelf.finish();
        shelf.close();
        shelf = nextShelf();
      }
    }

    /** The shortest key above one and not above the next. */
    private static byte[] separator(byte[] below, byte[] key) {
      return Arrays.copyOf(key, Arrays.mismatch(below, key) + 1);
    }

    TableFile finish() throws IOException {
      if (!block.isEmpty()) {
        closeBlock(new byte[0]);
      }
      shelf.finish();
      filter.write(directory.resolve(name + FILTER));
      close();
      List<Part> parts = new ArrayList<>();
      if (count > 0) {
        for (String file : shelves) {
          parts.add(part(file));
        }
      } else {
        Files.delete(directory.resolve(shelves.getFirst()));
      }
      parts.add(part(name + KEYS));
      parts.add(part(name + ENDS));
      parts.add(part(name + VALUES));
      parts.add(part(name + FILTER));
      forceDirectory();
      return new TableFile(name, count, rawBytes, latest, LogRange.UNKNOWN, parts);
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        Shelf.Writer last = shelf;
        try (filter;
            values;
            index;
            last) {
          // Each is closed, also when another one cannot write what it had gathered.
        }
      }
    }

    private Part part(String file) throws IOException {
      Path path = directory.resolve(file);
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      return new Part(
          file,
          Files.size(path),
          Files.getLastModifiedTime(path).toMillis(),
          checksums(path, bytes -> {}));
    }

    private void forceDirectory() throws IOException {
      try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
        opened.force(true);
      }
    }
  }
}
