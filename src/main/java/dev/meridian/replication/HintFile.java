package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of hints for one target, and how much of it still counts. {@link #find} is thread-safe;
 * the rest is touched under the lock of {@link HintedHandoff}.
 */
final class HintFile {

  private static final Pattern NAME =
      Pattern.compile("([a-z][a-z0-9-]{0,31})-(0|[1-9][0-9]{0,17})\\.hints");

  private final ReplicaId target;
  private final long number;
  private final Path path;
  private long size;
  private int hints;

  HintFile(Path directory, ReplicaId target, long number) {
    this.target = target;
    this.number = number;
    this.path = directory.resolve(target + "-" + number + ".hints");
  }

  /** Empty when the name is not one of ours. */
  static Optional<HintFile> named(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    return name.matches()
        ? Optional.of(
            new HintFile(
                path.getParent(), new ReplicaId(name.group(1)), Long.parseLong(name.group(2))))
        : Optional.empty();
  }

  ReplicaId target() {
    return target;
  }

  long number() {
    return number;
  }

  Path path() {
    return path;
  }

  String name() {
    return path.getFileName().toString();
  }

  /** Bytes it takes on the disk. */
  long size() {
    return size;
  }

  void size(long bytes) {
    size = bytes;
  }

  /** One more hint that counts is in it. */
  void retain() {
    hints++;
  }

  /** One hint in it does not count any more. */
  void release() {
    hints--;
  }

  /** True when no hint in it counts. */
  boolean isUseless() {
    return hints == 0;
  }

  /**
   * The change that is held in the slot; empty when the bytes there are damaged.
   *
   * <p>The file is opened for each read: hints are read seldom, and an interrupted thread, which
   * closes the channel it reads from, harms nobody else.
   */
  Optional<Bytes> find(HintSlot slot) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(slot.length());
    try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
      while (frame.hasRemaining() && in.read(frame, slot.position() + frame.position()) >= 0) {
        // Short reads are allowed; the file may have been cut.
      }
    }
    HintFileCodecV1 codec = new HintFileCodecV1(name());
    boolean whole =
        !frame.hasRemaining()
            && codec.isHead(slot.position(), frame.array(), 0)
            && HintFileCodecV1.length(frame.array(), 0) == slot.length();
    return whole ? codec.change(frame.array(), 0) : Optional.empty();
  }
}
