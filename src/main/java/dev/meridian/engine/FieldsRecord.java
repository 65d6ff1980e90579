package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.crdt.FieldStates;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The state of a document's CRDT fields, so that they need not be made of all operations each time.
 *
 * <pre>
 *  version u8 = 2 | covered vector | latest u64 | dropped u64
 *  states, as {@link FieldStates} writes them
 * </pre>
 *
 * @param covered the versions of the document whose operations are all in it
 * @param latest the highest timestamp of an operation in it
 * @param droppedAt when the collection was dropped last; later drops undo the record
 * @param states as bytes
 */
record FieldsRecord(
    VersionVector covered, HlcTimestamp latest, HlcTimestamp droppedAt, Bytes states) {

  private static final byte VERSION = 2;

  Bytes encode() {
    ByteBuffer out =
        ByteBuffer.allocate(1 + ChangeCodecV1.size(covered) + 2 * Long.BYTES + states.length());
    out.put(VERSION);
    ChangeCodecV1.putVector(out, covered);
    out.putLong(latest.packed());
    out.putLong(droppedAt.packed());
    out.put(states.array(), states.offset(), states.length());
    return new Bytes(out.array());
  }

  /** Anything else is an {@link IllegalArgumentException}. Does not read the states. */
  static FieldsRecord decode(Bytes bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length());
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("a record of fields of format version " + version);
      }
      VersionVector covered = ChangeCodecV1.getVector(in);
      HlcTimestamp latest = new HlcTimestamp(in.getLong());
      HlcTimestamp dropped = new HlcTimestamp(in.getLong());
      return new FieldsRecord(
          covered, latest, dropped, new Bytes(bytes.array(), in.position(), in.remaining()));
    } catch (BufferUnderflowException damaged) {
      throw new IllegalArgumentException("no record of fields", damaged);
    }
  }

  FieldStates read() {
    return FieldStates.decode(states.array(), states.offset(), states.length());
  }
}
