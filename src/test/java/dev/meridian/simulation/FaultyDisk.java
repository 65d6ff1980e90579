package dev.meridian.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A real directory behind {@link #path}, whose n-th change fails: making, writing, forcing,
 * renaming or deleting a file, or forcing a directory. Either once, as a device does, or for good,
 * as if the process or the power had gone. Forces cost nothing, and what they would have made
 * durable is remembered: {@link #losePower} takes away what was not forced.
 *
 * <ul>
 *   <li>A write that fails is there in part, a rename or delete that fails may have been done.
 *   <li>What a failed force covered is read as before, no later force saves it, and a power loss
 *       may take it.
 *   <li>A power loss takes any part of what was not forced, and undoes any number of the last
 *       changes of names since the directory was forced.
 * </ul>
 *
 * <p>What is written past it, as MapDB does its files, counts as not forced until a force comes by
 * way of it. Thread-safe.
 */
public final class FaultyDisk implements AutoCloseable {

  private static final long NEVER = Long.MAX_VALUE;

  private final Path root;
  private final Path graveyard;
  private final RandomGenerator random;
  private final FaultyFileSystem system = new FaultyFileSystem(this);
  private final Map<Object, Node> nodes = new HashMap<>();
  private final Map<Path, List<Undo>> names = new HashMap<>();
  private final Set<Object> forced = new HashSet<>();
  private long operations;
  private long failAt = NEVER;
  private boolean forGood;
  private Optional<String> struck = Optional.empty();
  private boolean dead;
  private volatile String unreadable = "";
  private int buried;

  /** A file, whatever its name is. */
  static final class Node {
    private final Object key;
    final Path path;
    private final boolean directory;
    private final Optional<FileChannel> access;
    private final List<Written> unforced = new ArrayList<>();
    private final List<Written> lost = new ArrayList<>();

    Node(Object key, Path path, boolean directory, Optional<FileChannel> access) {
      this.key = key;
      this.path = path;
      this.directory = directory;
      this.access = access;
    }
  }

  /** What a write replaced; zeros beyond the end the file had. */
  private record Written(long position, byte[] before) {}

  private interface Undo {
    void run() throws IOException;
  }

  /**
   * @param root is created if it is missing
   * @param graveyard an empty directory on the same file system, for what may have to come back
   */
  public FaultyDisk(Path root, Path graveyard, RandomGenerator random) throws IOException {
    this.root = Files.createDirectories(root);
    this.graveyard = Files.createDirectories(graveyard);
    this.random = random;
    try (Stream<Path> there = Files.walk(root)) {
      for (Path path : there.toList()) {
        forced.add(key(path));
      }
    }
  }

  /** The directory, by way of this disk. */
  public Path path() {
    return system.path(root);
  }

  /** The n-th change fails, 1 being the first; those after it do not. */
  public synchronized void failOnce(long number) {
    failAt = number;
  }

  /** The n-th change fails and so does each after it. */
  public synchronized void failFrom(long number) {
    failAt = number;
    forGood = true;
  }

  /** From now on no file whose name ends so can be read; a mapped one can. Empty for none. */
  public void failReadsOf(String suffix) {
    unreadable = suffix;
  }

  void read(Path path) throws IOException {
    if (!unreadable.isEmpty() && path.toString().endsWith(unreadable)) {
      throw new IOException("Input/output error");
    }
  }

  /** From now on all fails. */
  public synchronized void die() {
    dead = true;
  }

  /** True once nothing succeeds any more. */
  public synchronized boolean isDead() {
    return dead;
  }

  public synchronized long operations() {
    return operations;
  }

  /** What failed first, if something has. */
  public synchronized Optional<String> struck() {
    return struck;
  }

  FileChannel open(Path path, Set<? extends OpenOption> options) throws IOException {
    boolean directory = Files.isDirectory(path);
    boolean writes = options.contains(StandardOpenOption.WRITE);
    if (!writes && !directory) {
      Node node = new Node(path, path, false, Optional.empty());
      return new FaultyChannel(this, node, FileChannel.open(path, options));
    }
    synchronized (this) {
      boolean fresh = !Files.exists(path);
      if (fresh || options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
        change("create " + path, () -> {});
      }
      FileChannel real = FileChannel.open(path, options);
      Node node = node(path, directory);
      if (fresh) {
        named(path.getParent(), () -> Files.deleteIfExists(path));
      } else if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
        node.unforced.clear();
        node.lost.clear();
      }
      return new FaultyChannel(this, node, real);
    }
  }

  synchronized int write(Node node, FileChannel real, ByteBuffer source, long position)
      throws IOException {
    int length = source.remaining();
    int part = random.nextInt(length + 1);
    byte[] before = new byte[length];
    node.access.orElseThrow().read(ByteBuffer.wrap(before), position);
    change(
        "write " + length + " bytes at " + position + " of " + node.path,
        () -> {
          node.unforced.add(new Written(position, before));
          writeAll(real, source.slice(source.position(), part), position);
        });
    node.unforced.add(new Written(position, before));
    writeAll(real, source, position);
    return length;
  }

  synchronized void force(Node node) throws IOException {
    change(
        "force " + node.path,
        () -> {
          node.lost.addAll(node.unforced);
          node.unforced.clear();
        });
    if (node.directory) {
      names.remove(node.path);
    } else {
      node.unforced.clear();
      forced.add(node.key);
    }
  }

  synchronized void delete(Path path) throws IOException {
    Path grave = bury(path);
    Undo delete =
        () -> {
          Files.delete(path);
          named(path.getParent(), () -> Files.move(grave, path));
        };
    change("delete " + path, random.nextBoolean() ? delete : () -> {});
    delete.run();
  }

  synchronized void move(Path from, Path to) throws IOException {
    Optional<Path> replaced = Files.exists(to) ? Optional.of(bury(to)) : Optional.empty();
    Undo move =
        () -> {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
          named(
              to.getParent(),
              () -> {
                Files.move(to, from);
                if (replaced.isPresent()) {
                  Files.move(replaced.get(), to);
                }
              });
        };
    change("rename " + from + " to " + to, random.nextBoolean() ? move : () -> {});
    move.run();
  }

  /** A second name for a file that is about to lose its own. */
  private Path bury(Path path) throws IOException {
    return Files.createLink(graveyard.resolve("grave-" + ++buried), path);
  }

  private void named(Path directory, Undo undo) {
    names.computeIfAbsent(directory, any -> new ArrayList<>()).add(undo);
  }

  private static void writeAll(FileChannel real, ByteBuffer source, long position)
      throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      at += real.write(source, at);
    }
  }

  /**
   * Counts a change; throws when its turn has come.
   *
   * @param ifItFails what of it is there nevertheless
   */
  private void change(String what, Undo ifItFails) throws IOException {
    if (dead) {
      throw new IOException("the process is gone");
    }
    operations++;
    if (operations == failAt) {
      struck = Optional.of(operations + ": " + what);
      dead = forGood;
      ifItFails.run();
      throw new IOException("Input/output error (" + what + ")");
    }
  }

  /** Takes away what was not forced, as far as chance will have it. Everything has to be closed. */
  public synchronized void losePower() throws IOException {
    for (Node node : nodes.values()) {
      List<Written> unsafe = new ArrayList<>(node.lost);
      unsafe.addAll(node.unforced);
      for (Written written : unsafe.reversed()) {
        takeBack(node, written);
      }
    }
    tearUnseen();
    for (List<Undo> undo : names.values()) {
      int last = undo.size() - random.nextInt(undo.size() + 1);
      for (int i = undo.size() - 1; i >= last; i--) {
        undo.get(i).run();
      }
    }
    names.clear();
  }

  private void takeBack(Node node, Written written) throws IOException {
    int length = written.before().length;
    int cut = random.nextInt(length + 1);
    int from = 0;
    int to = length;
    switch (random.nextInt(4)) {
      case 0 -> from = cut;
      case 1 -> to = cut;
      case 2 -> to = 0;
      default -> {}
    }
    ByteBuffer old = ByteBuffer.wrap(written.before(), from, to - from);
    writeAll(node.access.orElseThrow(), old, written.position() + from);
  }

  private void tearUnseen() throws IOException {
    try (Stream<Path> there = Files.walk(root)) {
      for (Path path : there.filter(Files::isRegularFile).toList()) {
        if (!forced.contains(key(path))) {
          try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(random.nextLong(channel.size() + 1));
          }
        }
      }
    }
  }

  private Node node(Path path, boolean directory) throws IOException {
    Object key = key(path);
    Node known = nodes.get(key);
    if (known == null) {
      Optional<FileChannel> access =
          directory
              ? Optional.empty()
              : Optional.of(
                  FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
      known = new Node(key, path, directory, access);
      nodes.put(key, known);
    }
    return known;
  }

  private static Object key(Path path) {
    try {
      return Files.readAttributes(path, "unix:ino").get("ino");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (Node node : nodes.values()) {
      if (node.access.isPresent()) {
        node.access.get().close();
      }
    }
    nodes.clear();
  }
}
