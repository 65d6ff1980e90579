package dev.meridian.engine.mapdb;

import dev.meridian.bench.OrderChanges;
import dev.meridian.bench.storage.Corpus;
import dev.meridian.engine.TableKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.serializer.GroupSerializer;
import org.mapdb.volume.MappedFileVol;
import org.mapdb.volume.Volume;

/**
 * MapDB's sorted tables against each other: which one should a table of the engine be made of? Run
 * by {@code bin/bench tables}. Small values stand in the map, large ones beside it.
 */
public final class TableKinds {

  private static final int SMALL_BYTES = 300;
  private static final int LARGE_BYTES = 1 << 20;
  private static final int LARGE_ENTRIES = 300;
  private static final int ROUNDS = 3;
  private static final int REFERENCE_BYTES = 16;
  private static final GroupSerializer<byte[]> KEYS = Serializer.BYTE_ARRAY_DELTA2;

  private final Path directory;
  private final double seconds;

  private TableKinds(Path directory, double seconds) {
    this.directory = directory;
    this.seconds = seconds;
  }

  public static void main(String[] arguments) throws IOException {
    int entries = 100_000;
    double seconds = 2;
    Path under = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      for (int i = 0; i < arguments.length; i += 2) {
        switch (arguments[i]) {
          case "--entries" -> entries = Integer.parseInt(arguments[i + 1]);
          case "--seconds" -> seconds = Double.parseDouble(arguments[i + 1]);
          case "--directory" -> under = Path.of(arguments[i + 1]);
          default -> throw new IllegalArgumentException(arguments[i]);
        }
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException mistake) {
      System.err.println(
          "bin/bench tables: not understood: " + mistake.getMessage() + "; see bin/bench --help");
      System.exit(2);
    }
    Path directory = Files.createTempDirectory(under, "meridian-bench");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
    TableKinds kinds = new TableKinds(directory, seconds);
    System.out.printf(
        Locale.ROOT,
        "%-53s %14s %24s %24s %8s%n",
        "CPU µs an entry; median (least…most)",
        "write, forced",
        "random get",
        "scan",
        "MB");
    kinds.measureAll(entries, SMALL_BYTES);
    kinds.measureAll(LARGE_ENTRIES, LARGE_BYTES);
  }

  private void measureAll(int entries, int bytes) throws IOException {
    for (int nodeSize : new int[] {8, 32}) {
      measure("SortedTableMap", nodeSize, entries, bytes);
      measure("BTreeMap from its sink", nodeSize, entries, bytes);
    }
  }

  /** Takes entries in order, then is read. */
  private interface Kind extends AutoCloseable {
    void put(byte[] key, byte[] value);

    /** Makes everything durable and opens it anew, read-only. */
    SortedMap<byte[], byte[]> finish() throws IOException;

    @Override
    void close();
  }

  private void measure(String name, int nodeSize, int entries, int bytes) throws IOException {
    Corpus corpus = new Corpus(entries, bytes);
    byte[][] keys = new byte[entries][];
    for (int i = 0; i < entries; i++) {
      keys[i] = TableKey.of(OrderChanges.change(new Corpus(entries, SMALL_BYTES), i));
    }
    double[] write = new double[ROUNDS];
    double[] get = new double[ROUNDS];
    double[] scan = new double[ROUNDS];
    long size = 0;
    boolean large = bytes > MapDbTableStore.INLINE_MAX_BYTES;
    for (int round = -1; round < ROUNDS; round++) {
      Path file = directory.resolve("table" + round + nodeSize);
      Path valueFile = directory.resolve("values" + round + nodeSize);
      boolean sorted = name.startsWith("Sorted");
      try (Kind kind = sorted ? new Sorted(file, nodeSize) : new Tree(file, nodeSize);
          Beside values = new Beside(valueFile)) {
        byte[] body = corpus.body(0, 0);
        long cpu = cpuNanos();
        for (int i = 0; i < entries; i++) {
          if (!large) {
            body = corpus.body(i, 0);
          }
          kind.put(keys[i], large ? values.add(body) : body);
        }
        values.force();
        SortedMap<byte[], byte[]> map = kind.finish();
        double written = (cpuNanos() - cpu) / 1e3 / entries;
        double got = get(map, keys, values, bytes);
        double scanned = scan(map, entries, values, bytes);
        if (round >= 0) {
          write[round] = written - (large ? 0 : generating(corpus, entries));
          get[round] = got;
          scan[round] = scanned;
        }
        size = Files.size(file) + Files.size(valueFile);
      }
      Files.delete(file);
      Files.delete(valueFile);
    }
    System.out.printf(
        Locale.ROOT,
        "%-53s %14s %24s %24s %8.1f%n",
        String.format(
            Locale.ROOT,
            "%s, node %d, %,d × %s",
            name,
            nodeSize,
            entries,
            large ? "1 MiB beside it" : bytes + " B"),
        median(write),
        spread(get),
        spread(scan),
        size / 1e6);
  }

  private static double generating(Corpus corpus, int entries) {
    long cpu = cpuNanos();
    long sum = 0;
    for (int i = 0; i < entries; i++) {
      sum += corpus.body(i, 0)[7];
    }
    return sum == 0 ? 0 : (cpuNanos() - cpu) / 1e3 / entries;
  }

  private double get(SortedMap<byte[], byte[]> map, byte[][] keys, Beside values, int bytes)
      throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long cpu = cpuNanos();
    long count = 0;
    for (; System.nanoTime() < end; count++) {
      byte[] key = keys[random.nextInt(keys.length)];
      require(values.resolve(map.get(key)).length == bytes);
    }
    return (cpuNanos() - cpu) / 1e3 / count;
  }

  private double scan(SortedMap<byte[], byte[]> map, int entries, Beside values, int bytes)
      throws IOException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long cpu = cpuNanos();
    long scans = 0;
    for (; System.nanoTime() < end; scans++) {
      int count = 0;
      Iterator<Map.Entry<byte[], byte[]>> all = map.entrySet().iterator();
      for (; all.hasNext(); count++) {
        require(values.resolve(all.next().getValue()).length == bytes);
      }
      require(count == entries);
    }
    return (cpuNanos() - cpu) / 1e3 / entries / scans;
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("what was read is not what was written");
    }
  }

  private static String median(double[] rounds) {
    Arrays.sort(rounds);
    return String.format(Locale.ROOT, "%.2f", rounds[rounds.length / 2]);
  }

  private static String spread(double[] rounds) {
    String median = median(rounds);
    return String.format(
        Locale.ROOT, "%s (%.2f…%.2f)", median, rounds[0], rounds[rounds.length - 1]);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** More than once, since at Ctrl-C the measurement goes on meanwhile. */
  private static void delete(Path directory) {
    for (int i = 0; i < 5 && Files.exists(directory); i++) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | UncheckedIOException again) {
        Thread.onSpinWait();
      }
    }
    if (Files.exists(directory)) {
      System.err.println("left behind: " + directory);
    }
  }

  private static Volume mapped(Path file, boolean readOnly) {
    return new MappedFileVol.MappedFileFactory(false, false).makeVolume(file.toString(), readOnly);
  }

  private static final class Sorted implements Kind {
    private final Path file;
    private final SortedTableMap.Sink<byte[], byte[]> sink;
    private Volume volume;

    Sorted(Path file, int nodeSize) {
      this.file = file;
      volume = mapped(file, false);
      sink =
          SortedTableMap.Companion.create(volume, KEYS, Serializer.BYTE_ARRAY)
              .pageSize(1 << 20)
              .nodeSize(nodeSize)
              .createFromSink();
    }

    @Override
    public void put(byte[] key, byte[] value) {
      sink.put(key, value);
    }

    @Override
    public SortedMap<byte[], byte[]> finish() {
      sink.create();
      volume.sync();
      volume.close();
      volume = mapped(file, true);
      return SortedTableMap.Companion.open(volume, KEYS, Serializer.BYTE_ARRAY);
    }

    @Override
    public void close() {
      volume.close();
    }
  }

  private static final class Tree implements Kind {
    private final Path file;
    private final int nodeSize;
    private final DB.TreeMapSink<byte[], byte[]> sink;
    private DB db;

    Tree(Path file, int nodeSize) {
      this.file = file;
      this.nodeSize = nodeSize;
      db = DBMaker.fileDB(file.toFile()).fileMmapEnable().make();
      sink = maker().createFromSink();
    }

    private DB.TreeMapMaker<byte[], byte[]> maker() {
      return db.treeMap("entries", KEYS, Serializer.BYTE_ARRAY).maxNodeSize(nodeSize);
    }

    @Override
    public void put(byte[] key, byte[] value) {
      sink.put(key, value);
    }

    @Override
    public SortedMap<byte[], byte[]> finish() throws IOException {
      sink.create();
      db.close();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      db = DBMaker.fileDB(file.toFile()).fileMmapEnable().readOnly().make();
      BTreeMap<byte[], byte[]> map = maker().open();
      return map;
    }

    @Override
    public void close() {
      db.close();
    }
  }

  /** Values in a file of their own: place, length and checksum stand in the map. */
  private static final class Beside implements AutoCloseable {
    private final FileChannel channel;
    private long position;

    Beside(Path file) throws IOException {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    byte[] add(byte[] value) throws IOException {
      byte[] reference =
          ByteBuffer.allocate(REFERENCE_BYTES)
              .putLong(position)
              .putInt(value.length)
              .putInt(checksum(value))
              .array();
      for (ByteBuffer rest = ByteBuffer.wrap(value); rest.hasRemaining(); ) {
        position += channel.write(rest, position);
      }
      return reference;
    }

    byte[] resolve(byte[] stored) throws IOException {
      if (stored.length != REFERENCE_BYTES) {
        return stored;
      }
      ByteBuffer in = ByteBuffer.wrap(stored);
      long from = in.getLong();
      byte[] value = new byte[in.getInt()];
      for (ByteBuffer rest = ByteBuffer.wrap(value); rest.hasRemaining(); ) {
        require(channel.read(rest, from + rest.position()) > 0);
      }
      require(checksum(value) == in.getInt());
      return value;
    }

    void force() throws IOException {
      channel.force(true);
    }

    private static int checksum(byte[] value) {
      CRC32C crc = new CRC32C();
      crc.update(value);
      return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
