package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Version 1 of a {@link ConflictRecord} as bytes. Big-endian; {@code text} is modified UTF-8 with a
 * u16 length.
 *
 * <pre>
 *  version u8 = 1 | heads | plain | base | before: heads, plain, conflicts u16
 *  conflicts u16 × ( key version | base | versions | closedBy | resolved u8 )
 *
 *  version = hlc u64 | region text
 *  heads, plain, versions = count u16 × version; base, closedBy = the same with at most one
 * </pre>
 *
 * It never leaves its region's disk.
 */
final class ConflictRecordCodecV1 {

  private static final byte VERSION = 1;

  private ConflictRecordCodecV1() {}

  static Bytes encode(ConflictRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      out.writeByte(VERSION);
      write(out, record.heads());
      write(out, record.plain());
      write(out, record.base().stream().toList());
      write(out, record.before().heads());
      write(out, record.before().plain());
      out.writeShort(record.before().conflicts());
      out.writeShort(record.conflicts().size());
      for (ConflictRecord.Conflict conflict : record.conflicts()) {
        write(out, List.of(conflict.key()));
        write(out, conflict.base().stream().toList());
        write(out, conflict.versions());
        write(out, conflict.closedBy().stream().toList());
        out.writeBoolean(conflict.resolved());
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new Bytes(bytes.toByteArray());
  }

  /** Anything else is an {@link IllegalArgumentException}. */
  static ConflictRecord decode(Bytes bytes) {
    try {
      DataInputStream in =
          new DataInputStream(
              new ByteArrayInputStream(bytes.array(), bytes.offset(), bytes.length()));
      byte version = in.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException("a conflict record of format version " + version);
      }
      List<VersionId> heads = versions(in);
      List<VersionId> plain = versions(in);
      Optional<VersionId> base = versions(in).stream().findFirst();
      ConflictRecord.Before before =
          new ConflictRecord.Before(versions(in), versions(in), in.readUnsignedShort());
      List<ConflictRecord.Conflict> conflicts = new ArrayList<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        conflicts.add(
            new ConflictRecord.Conflict(
                versions(in).getFirst(),
                versions(in).stream().findFirst(),
                versions(in),
                versions(in).stream().findFirst(),
                in.readBoolean()));
      }
      return new ConflictRecord(heads, plain, base, List.copyOf(conflicts), before);
    } catch (IOException | RuntimeException damaged) {
      throw new IllegalArgumentException("no conflict record: " + damaged.getMessage(), damaged);
    }
  }

  private static void write(DataOutputStream out, List<VersionId> versions) throws IOException {
    out.writeShort(versions.size());
    for (VersionId version : versions) {
      out.writeLong(version.hlc().packed());
      out.writeUTF(version.origin().value());
    }
  }

  private static List<VersionId> versions(DataInputStream in) throws IOException {
    List<VersionId> versions = new ArrayList<>();
    for (int i = in.readUnsignedShort(); i > 0; i--) {
      versions.add(new VersionId(new HlcTimestamp(in.readLong()), new ReplicaId(in.readUTF())));
    }
    return List.copyOf(versions);
  }
}
