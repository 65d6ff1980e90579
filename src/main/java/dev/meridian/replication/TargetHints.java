package dev.meridian.replication;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is held for one target: its index and its files, one of which is being written. Touched
 * under the lock of {@link HintedHandoff}.
 */
final class TargetHints {

  private static final System.Logger LOG = System.getLogger(TargetHints.class.getName());

  private final ReplicaId target;
  private final HintDirectory directory;
  private final int segmentBytes;
  private final HintIndex index = new HintIndex();
  private final Set<HintFile> files = new LinkedHashSet<>();
  private Optional<HintWriter> writer = Optional.empty();

  TargetHints(ReplicaId target, HintDirectory directory, int segmentBytes) {
    this.target = target;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
  }

  ReplicaId target() {
    return target;
  }

  HintIndex index() {
    return index;
  }

  /** Bytes that the files take on the disk. */
  long bytes() {
    return files.stream().mapToLong(HintFile::size).sum();
  }

  /** When true, nothing is held and nothing is on the disk. */
  boolean isGone() {
    return index.isEmpty() && files.isEmpty();
  }

  /** A file that an earlier process left. Of two copies of a change the later file's counts. */
  void add(HintFile file, HintScan scan) {
    files.add(file);
    for (HintScan.Found found : scan.found()) {
      index.add(
          new HintSlot(found.dot(), file, found.position(), found.length(), found.millis(), false));
    }
  }

  /** How many bytes more the files take with frames of so many bytes. */
  long growth(long frameBytes) {
    return fits(frameBytes) ? frameBytes : HintFileCodecV1.FILE_HEAD_BYTES + frameBytes;
  }

  /** Writes the changes to one file, all or none. They are pending on return. */
  List<HintIndex.Pending> write(Map<Dot, Bytes> changes, long frameBytes, long millis)
      throws IOException {
    HintWriter out = writer(frameBytes);
    HintFile file = out.file();
    long position = file.size();
    ByteBuffer frames = new HintFileCodecV1(file.name()).encode(position, millis, changes.values());
    out.append(frames);
    long end = file.size();
    List<HintIndex.Pending> written = new ArrayList<>(changes.size());
    for (Map.Entry<Dot, Bytes> each : changes.entrySet()) {
      int length = (int) HintFileCodecV1.frameBytes(each.getValue());
      HintSlot slot = new HintSlot(each.getKey(), file, position, length, millis, true);
      HintIndex.Pending pending = new HintIndex.Pending(slot, out, end);
      index.await(pending);
      written.add(pending);
      position += length;
    }
    return written;
  }

  private HintWriter writer(long frameBytes) throws IOException {
    if (!fits(frameBytes)) {
      closeWriter();
      HintWriter created = directory.create(target);
      files.add(created.file());
      writer = Optional.of(created);
    }
    return writer.orElseThrow();
  }

  private boolean fits(long frameBytes) {
    return writer.isPresent()
        && writer.get().isOpen()
        && writer.get().file().size() + frameBytes <= segmentBytes;
  }

  /** Deletes the files in which nothing counts. True when the directory should be forced. */
  boolean sweep() {
    boolean removed = false;
    for (HintFile file : List.copyOf(files)) {
      removed |= file.isUseless() && delete(file);
    }
    return removed;
  }

  private boolean delete(HintFile file) {
    Path path = file.path();
    try {
      if (writer.isPresent() && writer.get().file().equals(file)) {
        HintWriter useless = writer.get();
        writer = Optional.empty();
        useless.abandon();
      }
      directory.delete(file);
      files.remove(file);
      return true;
    } catch (IOException stays) {
      // It still takes its bytes. It is tried again when the next hint is handed over.
      LOG.log(System.Logger.Level.WARNING, "event=hints-not-deleted file={0}: {1}", path, stays);
      return false;
    }
  }

  /** Writes to this file no more: it cannot be read. */
  void leave(HintFile file) {
    if (writer.isPresent() && writer.get().file().equals(file)) {
      closeWriter();
    }
  }

  /** What is written is forced, or never counts; whoever waits for it is told by the writer. */
  void closeWriter() {
    if (writer.isPresent()) {
      HintWriter full = writer.get();
      writer = Optional.empty();
      try {
        full.close();
      } catch (IOException failed) {
        LOG.log(
            System.Logger.Level.WARNING,
            "event=hints-not-forced file={0}: {1}",
            full.file().path(),
            failed.toString());
      }
    }
  }
}
