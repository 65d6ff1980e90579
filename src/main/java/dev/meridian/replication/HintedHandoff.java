package dev.meridian.replication;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holds changes for regions that should have them and are down, until they have them (DeCandia et
 * al., "Dynamo", 2007, section 4.6). This region is outside the placement of these changes: its log
 * has stubs of them, and what is whole is here.
 *
 * <p>Files of one target each, with an index in memory. A file is appended to by the process that
 * made it, until it is full or a write or force of it fails, and never after: so nothing is ever
 * written behind a torn tail. It is deleted when no hint in it counts.
 *
 * <p>Thread-safe. {@link #hold} and {@link #find} do I/O on the calling thread, and so does {@link
 * #covered} where something is dropped. A thread that is interrupted in {@code hold} closes the
 * file it writes, and others who wait for the same force are refused, too.
 *
 * <p><b>Hazard:</b> two processes on one directory would delete each other's files; the lock of the
 * data directory has to keep a second one away.
 */
public final class HintedHandoff implements AutoCloseable {

  /** The most bytes in one call of {@link #hold}. */
  public static final int MAX_CALL_BYTES = 512 << 20;

  private static final System.Logger LOG = System.getLogger(HintedHandoff.class.getName());

  private final HintDirectory directory;
  private final HintSettings settings;
  private final WallClock clock;
  private final Object lock = new Object();
  private final Map<ReplicaId, TargetHints> targets = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong handedOver = new AtomicLong();
  private final AtomicLong damaged = new AtomicLong();
  private boolean refusing;
  private boolean closed;

  /**
   * What is held for a target.
   *
   * @param changes how many
   * @param bytes of disk that its files take, which is what {@code maxBytes} bounds: hints that
   *     were handed over count until all of their file were
   * @param oldestMillis when the oldest was given to be held, by this region's wall clock
   */
  public record Held(ReplicaId target, long changes, long bytes, long oldestMillis) {}

  private HintedHandoff(HintDirectory directory, HintSettings settings, WallClock clock) {
    this.directory = directory;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Reads what an earlier process held, which counts even where it is more than the settings allow
   * now. Damage is left out, counted and logged. Files that are not ours, or of a version that this
   * node does not know, are left alone. The directory is made when there is something to hold.
   *
   * @throws IOException when the directory is there and cannot be listed
   */
  public static HintedHandoff open(Path directory, HintSettings settings, WallClock clock)
      throws IOException {
    HintedHandoff opened = new HintedHandoff(new HintDirectory(directory), settings, clock);
    opened.recover();
    return opened;
  }

  private void recover() throws IOException {
    synchronized (lock) {
      for (HintFile file : directory.list()) {
        Optional<HintScan> scan = HintRecovery.read(file);
        damaged.addAndGet(scan.map(HintScan::damaged).orElse(1));
        scan.ifPresent(readable -> target(file.target()).add(file, readable));
      }
      sweep(List.copyOf(targets.values()));
    }
  }

  /**
   * Holds these changes for the target. Returns when they are forced to the disk; concurrent calls
   * share forces. What this process holds already is not written again; what an earlier one held
   * is, and replaces that.
   *
   * @param changes encoded, of {@link #MAX_CALL_BYTES} together at most
   * @throws StoreFailure.Unavailable {@code STORAGE_FULL} where they would pass a bound, or where
   *     the disk refuses. None of them may be counted on then, and a retry is safe
   */
  public void hold(ReplicaId target, List<Bytes> changes) {
    Map<Dot, Bytes> wanted = new LinkedHashMap<>();
    changes.forEach(change -> wanted.putIfAbsent(ChangeCodecV1.dot(change), change));
    if (frameBytes(wanted.values()) > MAX_CALL_BYTES) {
      throw new IllegalArgumentException("more than " + MAX_CALL_BYTES + " bytes in one call");
    }
    List<HintIndex.Pending> awaited;
    synchronized (lock) {
      awaited = write(target, wanted);
    }
    Optional<IOException> failure = force(awaited);
    synchronized (lock) {
      TargetHints hints = target(target);
      boolean dropped = false;
      for (HintIndex.Pending each : awaited) {
        dropped |= hints.index().settle(each, each.writer().isForced(each.end())).isPresent();
      }
      if (dropped || failure.isPresent()) {
        sweep(List.of(hints));
      }
      tidy(hints);
      if (failure.isPresent()) {
        throw refuse(wanted.size(), "the disk failed: " + failure.get());
      }
      refusing = false;
    }
  }

  /** Each is known to be forced, or never to be, when this returns. */
  private static Optional<IOException> force(List<HintIndex.Pending> awaited) {
    Optional<IOException> failure = Optional.empty();
    for (HintIndex.Pending each : awaited) {
      try {
        each.writer().force(each.end());
      } catch (IOException failed) {
        failure = Optional.of(failed);
      }
    }
    return failure;
  }

  /** Writes what is not held yet; returns what has to be forced, whoever wrote it. */
  private List<HintIndex.Pending> write(ReplicaId target, Map<Dot, Bytes> wanted) {
    if (closed) {
      throw new StoreFailure.Unavailable(FailureCode.NOT_READY, "this region is being stopped");
    }
    TargetHints hints = target(target);
    List<HintIndex.Pending> awaited = new ArrayList<>();
    Map<Dot, Bytes> fresh = new LinkedHashMap<>();
    int more = 0;
    for (Map.Entry<Dot, Bytes> each : wanted.entrySet()) {
      Optional<HintIndex.Pending> pending = hints.index().pending(each.getKey());
      Optional<HintSlot> held = hints.index().get(each.getKey());
      if (pending.isPresent()) {
        awaited.add(pending.get());
      } else if (held.isEmpty() || !held.get().sure()) {
        fresh.put(each.getKey(), each.getValue());
        more += held.isEmpty() ? 1 : 0;
      }
    }
    if (!fresh.isEmpty()) {
      long frameBytes = frameBytes(fresh.values());
      checkRoom(wanted.size(), more, hints.growth(frameBytes));
      try {
        awaited.addAll(hints.write(fresh, frameBytes, clock.millis()));
      } catch (IOException failed) {
        sweep(List.of(hints));
        throw refuse(wanted.size(), "the disk failed: " + failed);
      }
    }
    return awaited;
  }

  private void checkRoom(int asked, int more, long growth) {
    long changes = 0;
    long bytes = 0;
    for (TargetHints each : targets.values()) {
      changes += each.index().size() + each.index().pendingSize();
      bytes += each.bytes();
    }
    if (changes + more > settings.maxChanges()) {
      throw refuse(asked, changes + " changes are held, of at most " + settings.maxChanges());
    }
    if (bytes + growth > settings.maxBytes()) {
      throw refuse(asked, bytes + " bytes are held, of at most " + settings.maxBytes());
    }
  }

  private StoreFailure refuse(int changes, String why) {
    refused.addAndGet(changes);
    targets.values().forEach(this::tidy);
    if (!refusing) {
      refusing = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "event=hints-refused directory={0} reason=\"{1}\"",
          directory.path(),
          why);
    }
    return new StoreFailure.Unavailable(
        FailureCode.STORAGE_FULL,
        "this region takes no changes to hold for another that is down: "
            + why
            + "; it will once those it holds are handed over, or its bounds are raised");
  }

  /**
   * The whole encoded change that is held for the target. Empty if there is none, or if it is found
   * damaged, which is counted and logged; a damaged one is not held any more.
   */
  public Optional<Bytes> find(ReplicaId target, Dot dot) {
    while (true) {
      Optional<HintSlot> slot = slot(target, dot);
      if (slot.isEmpty()) {
        return Optional.empty();
      }
      Optional<IOException> unreadable = Optional.empty();
      try {
        Optional<Bytes> change = slot.get().file().find(slot.get());
        if (change.flatMap(HintScan::dot).equals(Optional.of(dot))) {
          return change;
        }
      } catch (IOException failed) {
        unreadable = Optional.of(failed);
      }
      if (lose(target, slot.get(), unreadable)) {
        return Optional.empty();
      }
      // It was handed over or written anew while it was read, and its file deleted.
    }
  }

  private Optional<HintSlot> slot(ReplicaId target, Dot dot) {
    synchronized (lock) {
      TargetHints hints = targets.get(target);
      return hints == null ? Optional.empty() : hints.index().get(dot);
    }
  }

  /**
   * What could not be read may be readable later, but is written anew if it is held again. False if
   * the slot does not count any more.
   */
  private boolean lose(ReplicaId target, HintSlot slot, Optional<IOException> unreadable) {
    synchronized (lock) {
      if (!slot(target, slot.dot()).equals(Optional.of(slot))) {
        return false;
      }
      damaged.incrementAndGet();
      TargetHints hints = target(target);
      if (unreadable.isEmpty()) {
        hints.index().remove(slot);
        sweep(List.of(hints));
      } else {
        hints.index().doubt(slot);
        hints.leave(slot.file());
      }
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "event=hint-damaged file={0} dot={1} reason=\"{2}\"",
        slot.file().path(),
        slot.dot(),
        unreadable.map(IOException::toString).orElse("a check is wrong"));
    return true;
  }

  /**
   * The target has all of this: what is held for it and covered is dropped, and files in which
   * nothing else is are deleted. Looks at nothing but what it drops; where nothing is held for the
   * target it does not even wait for a lock. After a crash what was dropped may be held again.
   */
  public void covered(ReplicaId target, VersionVector applied) {
    if (!targets.containsKey(target)) {
      return;
    }
    synchronized (lock) {
      TargetHints hints = target(target);
      int dropped = hints.index().removeCovered(applied).size();
      tidy(hints);
      if (dropped > 0) {
        handedOver.addAndGet(dropped);
        sweep(List.of(hints));
      }
    }
  }

  /** For each target for which something is held, sorted. Looks at each hint. */
  public List<Held> held() {
    synchronized (lock) {
      return targets.values().stream()
          .filter(hints -> hints.index().size() > 0)
          .map(
              hints ->
                  new Held(
                      hints.target(),
                      hints.index().size(),
                      hints.bytes(),
                      hints.index().oldestMillis()))
          .sorted(Comparator.comparing(Held::target))
          .toList();
    }
  }

  /** How many changes were refused since the start. */
  public long refused() {
    return refused.get();
  }

  /** How many hints were dropped since the start because their target has them. */
  public long handedOver() {
    return handedOver.get();
  }

  /** How many damaged places were found since the start: each at least one hint, or once one. */
  public long damaged() {
    return damaged.get();
  }

  private TargetHints target(ReplicaId target) {
    return targets.computeIfAbsent(
        target, any -> new TargetHints(target, directory, settings.segmentBytes()));
  }

  private void tidy(TargetHints hints) {
    if (hints.isGone()) {
      targets.remove(hints.target());
    }
  }

  private void sweep(Collection<TargetHints> swept) {
    boolean removed = false;
    for (TargetHints hints : swept) {
      removed |= hints.sweep();
      tidy(hints);
    }
    if (removed) {
      try {
        directory.force();
      } catch (IOException failed) {
        // Files that come back after a power loss hold what the target has: dropped again then.
        LOG.log(
            System.Logger.Level.WARNING,
            "event=hints-directory-not-forced directory={0}: {1}",
            directory.path(),
            failed.toString());
      }
    }
  }

  private static long frameBytes(Collection<Bytes> changes) {
    return changes.stream().mapToLong(HintFileCodecV1::frameBytes).sum();
  }

  /** Takes nothing more to hold. What is held stays on the disk, and can be read. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      targets.values().forEach(TargetHints::closeWriter);
    }
  }
}
