package dev.meridian.engine;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.wal.LogRecord;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A change in the log together with what its region derived from it, so that a torn log has both or
 * neither.
 *
 * <pre>
 *  change length u32 | change | record
 * </pre>
 */
final class LoggedChange {

  private LoggedChange() {}

  static byte[] encode(Change change, Change record) {
    Bytes first = change.encoded();
    Bytes second = record.encoded();
    return ByteBuffer.allocate(Integer.BYTES + first.length() + second.length())
        .putInt(first.length())
        .put(first.array(), first.offset(), first.length())
        .put(second.array(), second.offset(), second.length())
        .array();
  }

  /** The change in a record of the log, if there is one in it. Shares the record's buffer. */
  static Optional<Bytes> change(LogRecord record) {
    return switch (record.type()) {
      case Writer.CHANGE, Writer.REPAIRED ->
          Optional.of(new Bytes(record.buffer(), record.offset(), record.length()));
      case Writer.CHANGE_WITH_RECORD, Writer.REPAIRED_WITH_RECORD ->
          Optional.of(
              new Bytes(record.buffer(), record.offset() + Integer.BYTES, changeLength(record)));
      default -> Optional.empty();
    };
  }

  /** True for what a repair put back: it was in the log before, or in a peer's. */
  static boolean isRepaired(LogRecord record) {
    return record.type() == Writer.REPAIRED || record.type() == Writer.REPAIRED_WITH_RECORD;
  }

  /** What was derived, if anything was. Shares the record's buffer. */
  static Optional<Bytes> derived(LogRecord record) {
    if (record.type() == Writer.RECORD) {
      return Optional.of(new Bytes(record.buffer(), record.offset(), record.length()));
    }
    if (record.type() != Writer.CHANGE_WITH_RECORD
        && record.type() != Writer.REPAIRED_WITH_RECORD) {
      return Optional.empty();
    }
    int skipped = Integer.BYTES + changeLength(record);
    return Optional.of(
        new Bytes(record.buffer(), record.offset() + skipped, record.length() - skipped));
  }

  private static int changeLength(LogRecord record) {
    return ByteBuffer.wrap(record.buffer()).getInt(record.offset());
  }
}
