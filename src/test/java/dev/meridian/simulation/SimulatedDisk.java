package dev.meridian.simulation;

import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A directory of log files in memory that is as unkind as a disk may be. One seed decides all it
 * does.
 *
 * <ul>
 *   <li>At a {@linkplain #crash() crash} every page written and not forced is lost, kept, or torn,
 *       each by chance; directory changes that were not forced survive up to a random one.
 *   <li>Any one operation can {@linkplain #failOperation fail}. A write that fails is there in
 *       part. After a force that failed, pages that did not reach the disk count as clean: they are
 *       still read, a later force skips them, and a crash loses them.
 *   <li>The power can go {@linkplain #powerOffAtOperation in the middle of an operation}.
 *   <li>It can be {@linkplain #setCapacity full}: what does not fit is there in part, and of a file
 *       that cannot be made some may stay.
 *   <li>It can {@linkplain #rot rot}, and it can {@linkplain #lieAboutForces lie}.
 * </ul>
 *
 * Thread-safe.
 */
public final class SimulatedDisk implements LogDirectory {

  private static final long NEVER = Long.MAX_VALUE;

  private final RandomGenerator random;
  private final int pageBytes;
  private final List<Consumer<Map<String, Content>>> unforcedChanges = new ArrayList<>();
  private Map<String, Content> visible = new TreeMap<>();
  private Map<String, Content> durable = new TreeMap<>();
  private long capacityBytes = Long.MAX_VALUE;
  private long operations;
  private long failAt = NEVER;
  private long powerOffAt = NEVER;
  private boolean powerOff;
  private boolean lies;
  private int epoch;

  public SimulatedDisk(RandomGenerator random, int pageBytes) {
    this.random = random;
    this.pageBytes = pageBytes;
  }

  /** How many operations there were so far. */
  public synchronized long operations() {
    return operations;
  }

  /** Makes one operation fail, counted from now: 1 is the next one. */
  public synchronized void failOperation(long number) {
    failAt = operations + number;
  }

  /** Lets the power go within an operation, counted from now; all later ones fail. */
  public synchronized void powerOffAtOperation(long number) {
    powerOffAt = operations + number;
  }

  /** True from when the power went until the next crash or restart. */
  public synchronized boolean isPowerOff() {
    return powerOff;
  }

  /** From now on a force says that it is done and does nothing. */
  public synchronized void lieAboutForces() {
    lies = true;
  }

  /** Cancels faults that have not struck yet. */
  public synchronized void heal() {
    failAt = NEVER;
    powerOffAt = NEVER;
  }

  /** All files together never get larger than this. */
  public synchronized void setCapacity(long bytes) {
    capacityBytes = bytes;
  }

  /** All files together. */
  public synchronized long usedBytes() {
    return visible.values().stream().mapToLong(file -> file.bytes.length).sum();
  }

  private long roomBytes() {
    return Math.max(0, capacityBytes - usedBytes());
  }

  /** The power goes and comes back. Files opened before are dead. */
  public synchronized void crash() {
    int survive = random.nextInt(unforcedChanges.size() + 1);
    unforcedChanges.subList(0, survive).forEach(change -> change.accept(durable));
    unforcedChanges.clear();
    visible = new TreeMap<>(durable);
    visible.values().forEach(Content::crash);
    restart();
  }

  /** The process dies and the machine stays up. Files opened before are dead. */
  public synchronized void restart() {
    epoch++;
    powerOff = false;
    heal();
    visible.values().forEach(Content::reopen);
  }

  /** What a reader of the file would see now. */
  public synchronized byte[] bytes(String name) {
    return content(name).bytes.clone();
  }

  /** Changes a file behind everybody's back, durably. */
  public synchronized void overwrite(String name, byte[] bytes) {
    content(name).bytes = bytes.clone();
    content(name).onDisk = bytes.clone();
  }

  /**
   * Changes one bit of what was forced, but not by the last force of the newest segment: that could
   * be taken for a write that was under way when the power went.
   *
   * @return the name of the file; empty when there is no such bit
   */
  public synchronized Optional<String> rot() {
    List<String> names =
        visible.keySet().stream()
            .filter(name -> name.endsWith(".wal") && content(name).forcedBefore > 0)
            .toList();
    if (names.isEmpty()) {
      return Optional.empty();
    }
    String name = names.get(random.nextInt(names.size()));
    Content content = content(name);
    boolean newest = name.equals(names.getLast());
    int at = random.nextInt(newest ? content.forcedBefore : content.forced);
    byte flip = (byte) (1 << random.nextInt(Byte.SIZE));
    content.bytes[at] ^= flip;
    content.onDisk[at] ^= flip;
    return Optional.of(name);
  }

  @Override
  public synchronized List<String> list() throws IOException {
    operation();
    return List.copyOf(visible.keySet());
  }

  @Override
  public synchronized LogFile create(String name, long preallocateBytes) throws IOException {
    if (visible.containsKey(name)) {
      throw new IOException("exists: " + name);
    }
    int size = Math.toIntExact(preallocateBytes);
    Content content = new Content(0);
    Runnable partial =
        () -> {
          content.resize(random.nextInt(size + 1));
          change(names -> names.put(name, content));
        };
    operation(partial, () -> {});
    if (size > roomBytes()) {
      if (random.nextInt(4) == 0) { // whoever made it could not delete it
        content.resize((int) random.nextLong(roomBytes() + 1));
        change(names -> names.put(name, content));
      }
      throw new IOException("No space left on device");
    }
    content.resize(size);
    change(names -> names.put(name, content));
    return new File(content, epoch);
  }

  @Override
  public synchronized LogFile open(String name) throws IOException {
    operation();
    return new File(existing(name), epoch);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    Content moved = existing(from);
    Consumer<Map<String, Content>> move =
        names -> {
          names.remove(from);
          names.put(to, moved);
        };
    operation(() -> change(move), () -> {});
    change(move);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    existing(name);
    operation(() -> change(names -> names.remove(name)), () -> {});
    change(names -> names.remove(name));
  }

  @Override
  public synchronized void force() throws IOException {
    operation();
    unforcedChanges.clear();
    durable = new TreeMap<>(visible);
  }

  @Override
  public String describe(String name) {
    return "/simulated/" + name;
  }

  private void change(Consumer<Map<String, Content>> change) {
    unforcedChanges.add(change);
    change.accept(visible);
  }

  private Content existing(String name) throws IOException {
    if (!visible.containsKey(name)) {
      throw new NoSuchFileException(name);
    }
    return content(name);
  }

  private Content content(String name) {
    Content content = visible.get(name);
    if (content == null) {
      throw new IllegalStateException("no such file: " + name);
    }
    return content;
  }

  private void operation() throws IOException {
    operation(() -> {}, () -> {});
  }

  /**
   * Counts an operation and lets it fail when its turn has come.
   *
   * @param atPowerOff what is there of it when the power goes meanwhile
   * @param atFailure what is there of it when it fails
   */
  private void operation(Runnable atPowerOff, Runnable atFailure) throws IOException {
    operations++;
    if (powerOff) {
      throw new IOException("the power is off");
    }
    if (operations == powerOffAt) {
      if (random.nextBoolean()) {
        atPowerOff.run();
      }
      powerOff = true;
      throw new IOException("the power went");
    }
    if (operations == failAt) {
      atFailure.run();
      throw new IOException("Input/output error");
    }
  }

  /** The bytes of a file: as read, and as the disk has them. */
  private final class Content {

    private byte[] bytes;
    private byte[] onDisk;
    private final BitSet dirtyPages = new BitSet();

    /** Behind the last byte that was written. */
    private int written;

    /** Behind the last byte that was written and forced. */
    private int forced;

    /** The same, before the last force that made more of it durable. */
    private int forcedBefore;

    Content(int size) {
      bytes = new byte[size];
      onDisk = new byte[size];
    }

    void resize(int size) {
      bytes = Arrays.copyOf(bytes, size);
      onDisk = Arrays.copyOf(onDisk, size);
    }

    void write(ByteBuffer src, int length, long position) {
      int at = Math.toIntExact(position);
      if (at + length > bytes.length) {
        resize(at + length);
      }
      src.get(bytes, at, length);
      if (length > 0) {
        written = Math.max(written, at + length);
        dirtyPages.set(at / pageBytes, (at + length - 1) / pageBytes + 1);
      }
    }

    void force() {
      dirtyPages.stream().forEach(page -> keep(page, 0, pageBytes));
      dirtyPages.clear();
      if (written > forced) {
        forcedBefore = forced;
        forced = written;
      }
    }

    /** Some pages get through; the others count as clean all the same. */
    void forceBadly() {
      dirtyPages.stream().filter(page -> random.nextBoolean()).forEach(this::keepSome);
      dirtyPages.clear();
    }

    void crash() {
      dirtyPages.stream().forEach(this::keepSome);
      dirtyPages.clear();
      bytes = onDisk.clone();
    }

    /** Whoever finds more of it there than was forced writes that again, or leaves it behind. */
    void reopen() {
      written = forced;
    }

    private void keepSome(int page) {
      int cut = random.nextInt(pageBytes + 1);
      switch (random.nextInt(4)) {
        case 0 -> keep(page, 0, pageBytes);
        case 1 -> keep(page, 0, cut);
        case 2 -> keep(page, cut, pageBytes);
        default -> {}
      }
    }

    private void keep(int page, int from, int to) {
      int start = Math.min(page * pageBytes + from, bytes.length);
      int end = Math.min(page * pageBytes + to, bytes.length);
      System.arraycopy(bytes, start, onDisk, start, end - start);
    }
  }

  private final class File implements LogFile {

    private final Content content;
    private final int openedIn;

    File(Content content, int openedIn) {
      this.content = content;
      this.openedIn = openedIn;
    }

    @Override
    public void write(ByteBuffer src, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        checkAlive();
        Runnable inPart = () -> content.write(src, random.nextInt(src.remaining() + 1), position);
        operation(inPart, inPart);
        int length = src.remaining();
        boolean grows = position + length > content.bytes.length;
        if (grows && position + length > content.bytes.length + roomBytes()) {
          long fits = Math.max(0, content.bytes.length + roomBytes() - position);
          content.write(src, (int) fits, position);
          throw new IOException("No space left on device");
        }
        content.write(src, length, position);
      }
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        checkAlive();
        operation();
        int available = Math.toIntExact(Math.max(0, content.bytes.length - position));
        if (available == 0) {
          return -1;
        }
        int length = Math.min(available, dst.remaining());
        dst.put(content.bytes, (int) position, length);
        return length;
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (SimulatedDisk.this) {
        checkAlive();
        operation(content::forceBadly, content::forceBadly);
        if (!lies) {
          content.force();
        }
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (SimulatedDisk.this) {
        checkAlive();
        operation();
        return content.bytes.length;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (SimulatedDisk.this) {
        checkAlive();
        operation();
        content.resize(Math.toIntExact(size));
      }
    }

    @Override
    public void close() {
      // Closing makes nothing durable, so there is nothing to simulate.
    }

    private void checkAlive() throws IOException {
      if (openedIn != epoch) {
        throw new IOException("opened before the restart");
      }
    }
  }
}
