package dev.meridian.node;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.Placement;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.TableKey;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Moves the data of a region aside that is to be filled anew, and keeps what it has and no peer has
 * heard, whoever made it, until that is in the new log. A crash in between is finished by the next
 * start.
 *
 * <p>The file {@code unheard}: clock u64 | count u32 | count times (length u32 | change).
 */
final class LeftBehind {

  /** More are not held in memory: the region does not begin anew then. */
  private static final int MAX_CHANGES = 1_000_000;

  private static final long MAX_BYTES = 256L << 20;
  private static final int BATCH = 1_000;
  private static final int PAGE_BYTES = 4 << 20;
  private static final String UNHEARD = "unheard";
  private static final String ASIDE = "left-behind-";
  private static final String MOVING = "moving";
  private static final List<String> DATA = List.of("MANIFEST", "MANIFEST.copy", "tables", "wal");

  private LeftBehind() {}

  /**
   * What goes on in the next life.
   *
   * @param clock nothing is stamped earlier
   * @param unheard changes in the order in which they were made
   */
  record Kept(HlcTimestamp clock, List<Change> unheard) {}

  /**
   * What a region has beyond what its peers have: what it made, and what it alone heard of a region
   * that lost it since.
   *
   * @param peers all that any of them has
   * @throws IOException when that is too much, or more would be lost
   */
  static List<Change> unheard(CopyStore engine, ReplicaId self, VersionVector peers)
      throws IOException {
    if (hasBodiesOfItsOwn(engine, self)) {
      throw new IOException(
          "this region was away for longer than its peers keep their logs, and has documents whose"
              + " bodies are kept nowhere else, so it is not filled anew by itself. Save what you"
              + " need of it with MERIDIAN_PEERS unset, then move the data directory away.");
    }
    if (peers.covers(engine.vector())) {
      return List.of();
    }
    List<Change> changes = new ArrayList<>();
    long bytes = 0;
    try (ChangeFeed.Cursor cursor = engine.changes().open(peers, Set.of())) {
      for (List<Bytes> more = next(cursor); !more.isEmpty(); more = next(cursor)) {
        for (Bytes each : more) {
          bytes += each.length();
          changes.add(ChangeCodecV1.decode(each));
        }
        if (changes.size() > MAX_CHANGES || bytes > MAX_BYTES) {
          throw new IOException(
              "this region was away for longer than its peers keep their logs, and has too much that"
                  + " they never heard of to be filled anew by itself. Save what you need of it with"
                  + " MERIDIAN_PEERS unset, then move the data directory away.");
        }
      }
    } catch (ChangeFeed.TruncatedException gone) {
      throw new IOException(
          "this region was away for longer than its peers keep their logs, and its own log does not"
              + " have all that they never heard of. Save what you need of it with"
              + " MERIDIAN_PEERS unset, then move the data directory away.",
          gone);
    }
    return changes;
  }

  /** A placement that is this region alone: no copy of a peer brings these bodies back. */
  private static boolean hasBodiesOfItsOwn(CopyStore engine, ReplicaId self) {
    Placement alone = Placement.in(List.of(self));
    Optional<byte[]> after = Optional.empty();
    while (true) {
      CopyStore.EntryPage page = engine.entries(after, PAGE_BYTES);
      for (Bytes entry : page.changes()) {
        if (ChangeCodecV1.isPlaced(entry)) {
          Change change = ChangeCodecV1.decodeStored(entry);
          if (!change.isWithheld() && change.placement().equals(alone)) {
            return true;
          }
        }
      }
      if (page.isLast()) {
        return false;
      }
      after = Optional.of(TableKey.of(ChangeCodecV1.decodeStored(page.changes().getLast())));
    }
  }

  private static List<Bytes> next(ChangeFeed.Cursor cursor) {
    return cursor.next(BATCH, 1 << 20);
  }

  /** Keeps clock and changes and moves all data aside. */
  static void moveAside(Path directory, Kept kept, long nowMillis) throws IOException {
    write(directory, kept);
    Path aside = directory.resolve(ASIDE + nowMillis);
    Files.createDirectory(aside);
    Files.createFile(aside.resolve(MOVING));
    sync(aside);
    sync(directory);
    finish(directory);
  }

  /** Finishes what an earlier process began; does nothing when there is nothing. */
  static void finish(Path directory) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, ASIDE + "*")) {
      for (Path aside : all) {
        if (Files.exists(aside.resolve(MOVING))) {
          for (String name : DATA) {
            if (Files.exists(directory.resolve(name))) {
              Files.move(
                  directory.resolve(name), aside.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
          }
          sync(directory);
          sync(aside);
          Files.delete(aside.resolve(MOVING));
          sync(aside);
        }
      }
    }
  }

  private static void write(Path directory, Kept kept) throws IOException {
    List<Change> changes = kept.unheard();
    Path next = directory.resolve(UNHEARD + ".next");
    try (FileOutputStream file = new FileOutputStream(next.toFile());
        DataOutputStream out = new DataOutputStream(file)) {
      out.writeLong(kept.clock().packed());
      out.writeInt(changes.size());
      for (Change change : changes) {
        Bytes bytes = change.encoded();
        out.writeInt(bytes.length());
        out.write(bytes.array(), bytes.offset(), bytes.length());
      }
      out.flush();
      file.getFD().sync();
    }
    Files.move(next, directory.resolve(UNHEARD), StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  /** Whether the data was moved aside, or is about to be, and no new life has begun yet. */
  static boolean isUnderWay(Path directory) {
    return Files.exists(directory.resolve(UNHEARD));
  }

  /** What is kept and not in the new log yet. */
  static Kept kept(Path directory) throws IOException {
    Path file = directory.resolve(UNHEARD);
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      HlcTimestamp clock = new HlcTimestamp(in.readLong());
      int count = in.readInt();
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        changes.add(ChangeCodecV1.decode(new Bytes(in.readNBytes(in.readInt()))));
      }
      return new Kept(clock, changes);
    } catch (IllegalArgumentException | EOFException damaged) {
      throw new IOException(file + " is damaged: it has changes that no other region has", damaged);
    }
  }

  /** It is in the new log. */
  static void forget(Path directory) {
    try {
      Files.deleteIfExists(directory.resolve(UNHEARD));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
