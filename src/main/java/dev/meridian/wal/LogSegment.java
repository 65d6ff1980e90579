package dev.meridian.wal;

import dev.meridian.clock.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** A segment file: where it is and what its header says. Immutable. */
record LogSegment(String name, String path, SegmentHeaderV1 header, int salt) {

  private static final Pattern NAME = Pattern.compile("\\d{20}\\.wal");

  static LogSegment of(LogDirectory directory, String name, SegmentHeaderV1 header) {
    return new LogSegment(name, directory.describe(name), header, header.salt());
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  static String name(long firstLsn) {
    return String.format(Locale.ROOT, "%020d.wal", firstLsn);
  }

  /** Reads and checks the header of an existing segment. */
  static LogSegment read(LogDirectory directory, String name) throws IOException {
    String path = directory.describe(name);
    long firstLsn = Long.parseLong(name.substring(0, 20));
    try (LogFile file = directory.open(name)) {
      SegmentHeaderV1 header = SegmentHeaderV1.decode(start(file));
      if (header.firstLsn() != firstLsn) {
        throw new LogDamagedException(
            path, 0, firstLsn, "the header belongs to the segment of LSN " + header.firstLsn());
      }
      if (header.capacity() != file.size()) {
        throw new LogDamagedException(
            path,
            Math.min(file.size(), header.capacity()),
            firstLsn,
            "the file has " + file.size() + " bytes and was made with " + header.capacity());
      }
      return of(directory, name, header);
    } catch (IllegalArgumentException e) {
      throw new LogDamagedException(path, 0, firstLsn, String.valueOf(e.getMessage()));
    }
  }

  long firstLsn() {
    return header.firstLsn();
  }

  long capacity() {
    return header.capacity();
  }

  /** Where the first frame is. */
  long framesStart() {
    return header.length();
  }

  SegmentInfo info() {
    return new SegmentInfo(new Lsn(firstLsn()), header.context().clone(), capacity());
  }

  LogDamagedException damaged(long offset, long lsn, String found) {
    return new LogDamagedException(path, offset, lsn, found);
  }

  private static byte[] start(LogFile file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(SegmentHeaderV1.MAX_BYTES);
    while (buffer.hasRemaining() && file.read(buffer, buffer.position()) > 0) {
      // Short reads are allowed; the end of the file is not an error here.
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
