package dev.meridian.engine.mapdb;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableFile.Part;
import dev.meridian.engine.TableKey;
import dev.meridian.engine.TableStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.volume.MappedFileVol;
import org.mapdb.volume.Volume;

/** Keeps tables as MapDB files in one directory. One thread writes and removes; any opens. */
public final class MapDbTableStore implements TableStore {

  /** Larger changes go beside the map. */
  public static final int INLINE_MAX_BYTES = 16 * 1024;

  static final String MAP = ".table";
  static final String VALUES = ".values";
  static final String FILTER = ".filter";

  private static final int NODE_SIZE = 8;
  private static final long PAGE_BYTES = 1 << 20;
  private static final int COPY_BYTES = 1 << 20;

  private final Path directory;

  /** Creates the directory if it is missing. */
  public MapDbTableStore(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  @Override
  public TableFile write(String name, Iterator<Table.Entry> entries) throws IOException {
    Files.deleteIfExists(directory.resolve(name + MAP));
    long count = 0;
    HlcTimestamp latest = HlcTimestamp.ZERO;
    FilterBuilder filter = new FilterBuilder();
    Volume volume =
        new MappedFileVol.MappedFileFactory(false, false)
            .makeVolume(directory.resolve(name + MAP).toString(), false);
    try (LargeValues.Writer values = new LargeValues.Writer(directory.resolve(name + VALUES))) {
      SortedTableMap.Sink<byte[], byte[]> sink =
          SortedTableMap.Companion.create(
                  volume, Serializer.BYTE_ARRAY_DELTA2, Serializer.BYTE_ARRAY)
              .pageSize(PAGE_BYTES)
              .nodeSize(NODE_SIZE)
              .createFromSink();
      while (entries.hasNext()) {
        Table.Entry entry = entries.next();
        Bytes encoded = entry.change().encoded();
        byte[] value =
            encoded.length() > INLINE_MAX_BYTES ? values.add(encoded) : encoded.toArray();
        sink.put(entry.key(), value);
        filter.add(entry.key());
        latest = HlcTimestamp.max(latest, entry.change().hlc());
        count++;
      }
      sink.create();
      volume.sync();
      values.force();
    } finally {
      volume.close();
    }
    writeFilter(name, filter.build());
    TableFile file =
        new TableFile(
            name,
            count,
            latest,
            List.of(part(name + MAP), part(name + VALUES), part(name + FILTER)));
    forceDirectory();
    return file;
  }

  @Override
  public Table open(TableFile file) throws IOException {
    for (Part part : file.parts()) {
      verify(part);
    }
    Volume volume =
        new MappedFileVol.MappedFileFactory(false, false)
            .makeVolume(directory.resolve(file.name() + MAP).toString(), true);
    SortedTableMap<byte[], byte[]> map =
        SortedTableMap.Companion.open(volume, Serializer.BYTE_ARRAY_DELTA2, Serializer.BYTE_ARRAY);
    return new MapDbTable(
        file,
        map,
        readFilter(file.name()),
        new LargeValues(directory.resolve(file.name() + VALUES)));
  }

  @Override
  public void keepOnly(Set<String> names) throws IOException {
    List<Path> unnamed;
    try (Stream<Path> files = Files.list(directory)) {
      unnamed = files.filter(file -> !names.contains(tableName(file))).toList();
    }
    for (Path file : unnamed) {
      Files.deleteIfExists(file);
    }
  }

  private static String tableName(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private Part part(String name) throws IOException {
    Path file = directory.resolve(name);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return new Part(
        name, Files.size(file), Files.getLastModifiedTime(file).toMillis(), checksum(file));
  }

  private void verify(Part part) throws IOException {
    Path file = directory.resolve(part.name());
    if (!Files.exists(file)) {
      throw new IOException("the table file " + file + " is missing");
    }
    long bytes = Files.size(file);
    if (bytes != part.bytes()) {
      throw new IOException(
          "the table file " + file + " has " + bytes + " bytes instead of " + part.bytes());
    }
    boolean untouched = Files.getLastModifiedTime(file).toMillis() == part.modifiedMillis();
    if (!untouched && checksum(file) != part.crc()) {
      throw new IOException("the table file " + file + " is damaged: its checksum differs");
    }
  }

  private static int checksum(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer chunk = ByteBuffer.allocateDirect(COPY_BYTES);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      while (in.read(chunk) >= 0) {
        crc.update(chunk.flip());
        chunk.clear();
      }
    }
    return (int) crc.getValue();
  }

  private void writeFilter(String name, BloomFilter filter) throws IOException {
    long[] words = filter.words();
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(words.length, Long.BYTES));
    bytes.asLongBuffer().put(words);
    Files.write(directory.resolve(name + FILTER), bytes.array());
  }

  private BloomFilter readFilter(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(name + FILTER));
    long[] words = new long[bytes.length / Long.BYTES];
    ByteBuffer.wrap(bytes).asLongBuffer().get(words);
    return new BloomFilter(words);
  }

  private void forceDirectory() throws IOException {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }

  /** Collects the hashes of distinct document prefixes, whose number is not known beforehand. */
  private static final class FilterBuilder {
    private long[] hashes = new long[1024];
    private int count;

    void add(byte[] key) {
      long hash = BloomFilter.hash(key, TableKey.documentPrefixLength(key));
      if (count > 0 && hashes[count - 1] == hash) {
        return; // another version of the same document
      }
      if (count == hashes.length) {
        hashes = java.util.Arrays.copyOf(hashes, count * 2);
      }
      hashes[count++] = hash;
    }

    BloomFilter build() {
      BloomFilter filter = new BloomFilter(count);
      for (int i = 0; i < count; i++) {
        filter.add(hashes[i]);
      }
      return filter;
    }
  }
}
